// @ts-check
/** The distance slider moves in proportion, so that small places can be set as finely as large ones. */

const STEPS = 1000;
const FIGURES = 2;

/** Rounds to what a person would say: 730 m, 1.2 km, 25 km. @param {number} metres */
export function spoken(metres) {
  const unit = 10 ** (Math.floor(Math.log10(metres)) - FIGURES + 1);
  return Math.round(metres / unit) * unit;
}

/**
 * @param {number} least metres at the slider's start
 * @param {number} most metres at its end
 */
export function scale(least, most) {
  const span = Math.log(most / least);
  return {
    steps: STEPS,
    /** @param {number} position 0 to `steps` */
    metres: (position) => Math.min(most, Math.max(least, spoken(least * Math.exp((span * position) / STEPS)))),
    /** @param {number} metres */
    position: (metres) => Math.round((Math.log(metres / least) / span) * STEPS),
  };
}
