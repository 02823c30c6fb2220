import assert from "node:assert/strict";
import { test } from "node:test";

import { addressQuery, requestBody, seenBy, without } from "../../static/js/posters/make/design.js";
import { scale, spoken } from "../../static/js/posters/make/distance.js";
import { History } from "../../static/js/posters/make/history.js";
import { apartM, moved, onGround } from "../../static/js/posters/make/mover.js";
import { corners, pointOf, turned } from "../../static/js/posters/make/outline.js";
import { pageAround } from "../../static/js/posters/make/around.js";
import { simplified } from "../../static/js/posters/make/thinning.js";
import { NoTracks, tracksOf } from "../../static/js/posters/make/tracks.js";

const design = {
  city: "São Paulo",
  country: "Brazil",
  latitude: -23.5,
  longitude: -46.6,
  theme: "noir",
  distance: 4000,
  size: "a3",
  orientation: "portrait",
  format: "pdf",
  dpi: 300,
  hide: "rail,buildings",
  title: null,
  subtitle: "",
  coordinates: "23° S",
  lines: ["a", "b, c"],
  font: "bitter",
  markers: [{ latitude: -23.5, longitude: -46.6, shape: "heart", label: "Here, there" }],
  tracks: [],
  rotation: 0,
  add: "frame",
  bleed: true,
  visibility: "",
  hide_ends_m: 0,
};

test("the address carries what the visitor chose, and the usual is not spelt out", () => {
  const query = addressQuery(design);
  assert.equal(query.get("city"), "São Paulo");
  assert.equal(query.get("hide"), "rail,buildings");
  assert.equal(query.has("title"), false);
  assert.equal(query.get("subtitle"), "", "a hidden line is there and empty");
  assert.equal(query.get("add"), "frame");
  assert.equal(query.has("rotation") || query.has("visibility") || query.has("hide_ends_m") || query.has("tracks"), false);
  assert.deepEqual(query.getAll("line"), ["a", "b, c"]);
  assert.deepEqual(query.getAll("marker"), ["-23.50000,-46.60000,heart,Here, there"]);
});

test("the address brings everything back, also the file and who sees it", () => {
  const query = addressQuery({ ...design, visibility: "unlisted" });
  assert.equal(query.get("format"), "pdf");
  assert.equal(query.get("dpi"), "300");
  assert.equal(query.get("visibility"), "unlisted");
});

test("the request's body names layers and texts as the interface wants them", () => {
  const body = requestBody(design);
  assert.deepEqual(body.layers, { rail: false, buildings: false });
  assert.deepEqual(body.furniture, { frame: true });
  assert.deepEqual(body.texts, { title: null, subtitle: "", coordinates: "23° S", lines: ["a", "b, c"], font: "bitter" });
  assert.deepEqual(body.markers, design.markers);
  assert.equal("visibility" in body, false, "the server knows who is to see what nobody has chosen for");
  assert.equal(requestBody({ ...design, visibility: "unlisted" }).visibility, "unlisted");
  assert.equal("hide" in body || "title" in body || "unlisted" in body, false);
});

test("a plain value that only the server's table knows is in the address and in the body, and can be left out", () => {
  const said = { ...design, remark: "In the rain" };
  assert.equal(addressQuery(said).get("remark"), "In the rain");
  assert.equal(requestBody(said).remark, "In the rain");
  assert.equal(addressQuery({ ...said, remark: "" }).has("remark"), false);
  assert.deepEqual(without(said, ["remark"]), design);
});

test("bleed and crop marks are for a PDF only", () => {
  assert.equal(requestBody(design).bleed_mm, 3);
  assert.equal(requestBody(design).crop_marks, true);
  assert.equal("bleed_mm" in requestBody({ ...design, format: "png" }), false);
});

test("a place without coordinates is left to the server to find", () => {
  const body = requestBody({ ...design, latitude: null, longitude: null });
  assert.equal("latitude" in body || "longitude" in body, false);
});

test("the slider ends where the limits are and speaks in round figures", () => {
  const slider = scale(500, 50_000);
  assert.equal(slider.metres(0), 500);
  assert.equal(slider.metres(slider.steps), 50_000);
  assert.equal(slider.metres(slider.position(4000)), 4000);
  assert.deepEqual([734, 1249, 24_800].map(spoken), [730, 1200, 25_000]);
});

test("moving the place goes as far as asked, in both directions of the compass", () => {
  const north = moved({ latitude: 0, longitude: 0 }, 0, 111_320);
  assert.deepEqual(north, { latitude: 1, longitude: 0 });
  const east = moved({ latitude: 60, longitude: 10 }, 55_660, 0);
  assert.deepEqual(east, { latitude: 60, longitude: 11 });
});

test("moving over the date line comes out on the other side, and never over a pole", () => {
  assert.equal(moved({ latitude: 0, longitude: 179.5 }, 111_320, 0).longitude, -179.5);
  assert.equal(moved({ latitude: 84.9, longitude: 0 }, 0, 1_000_000).latitude, 85);
});

test("what lies to the right of a turned map is found on the ground", () => {
  const [east, north] = onGround(100, 0, 90);
  assert.deepEqual([Math.round(east), Math.round(north)], [0, 100], "turned clockwise by 90°, north is on the right");
  assert.deepEqual(onGround(3, 4, 0), [3, 4]);
});

test("a track keeps its corners and loses what lies on the way", () => {
  const corner = [[0, 0], [0, 0.0005], [0, 0.001], [0.0005, 0.001], [0.001, 0.001]];
  assert.deepEqual(simplified(corner, 5), [[0, 0], [0, 0.001], [0.001, 0.001]]);
  assert.equal(simplified(corner, 1000).length, 2);
});

test("the page around a track shows all of it", () => {
  const page = pageAround([{ label: "", points: [[-0.01, 10], [0.01, 10.01]] }], 0.75);
  assert.equal(page.latitude, 0);
  assert.equal(page.longitude.toFixed(3), "10.005");
  assert.ok(page.distance / 0.75 > 1113 && page.distance > 557, "up and across");
});

test("a track across the date line has its page there, not on the other side of the earth", () => {
  for (const [west, east, middle] of /** @type {const} */ ([[179.99, -179.98, -179.995], [179.98, -179.99, 179.995]])) {
    const page = pageAround([{ label: "", points: [[-16.8, west], [-16.8, east]] }], 0.75);
    assert.equal(page.longitude.toFixed(3), middle.toFixed(3));
    assert.ok(page.distance < 3000, "it is as large as the track");
  }
});

test("undo goes back change by change, redo forth again, and a new change ends what was undone", () => {
  const past = new History();
  past.changed("a", 0);
  past.changed("b", 100);
  past.changed("c", 2000);
  assert.equal(past.undo("d"), "c");
  assert.equal(past.undo("c"), "a", "what followed quickly was one change");
  assert.equal(past.undo("a"), undefined);
  assert.equal(past.redo("a"), "c");
  past.changed("c", 5000);
  assert.equal(past.redo("e"), undefined);
});

const page = { latitude: 60, longitude: 25, distance: 1000, rotation: 0 };

test("the page on the map is as wide as its distance says, and as high as its paper", () => {
  const [south, north] = [corners(page, 0.75)[0], corners(page, 0.75)[2]];
  const apart = (a, b) => Math.round(apartM({ latitude: a[0], longitude: a[1] }, { latitude: b[0], longitude: b[1] }));
  assert.ok(Math.abs(apart(south, [south[0], north[1]]) - 2000) < 5);
  assert.ok(Math.abs(apart(south, [north[0], south[1]]) - 2667) < 5);
});

test("a page across the date line stays in one piece", () => {
  const longitudes = corners({ ...page, longitude: 179.999 }, 1).map(([, longitude]) => longitude);
  assert.ok(Math.max(...longitudes) - Math.min(...longitudes) < 0.1);
  assert.ok(Math.round(apartM({ latitude: 0, longitude: 179.999 }, { latitude: 0, longitude: -179.999 })) < 300);
});

test("where the handle of the page points to says how far it is turned", () => {
  for (const rotation of [0, 30, 90, 180, 275, 355]) {
    const [latitude, longitude] = pointOf({ ...page, rotation }, 0.75, 0, 1.2);
    assert.equal(turned(page, { latitude, longitude }), rotation);
  }
});

test("lines of a GeoJSON file are tracks wherever they lie in it, and points off the earth are left out", () => {
  const line = [[24.9443, 60.1715, 12], [24.95, 60.1712345678], [24.96, 99], ["24", 60]];
  const walk = { type: "Feature", properties: { name: " Morning\nwalk " }, geometry: { type: "LineString", coordinates: line } };
  const points = [[60.1715, 24.9443], [60.171235, 24.95]];
  assert.deepEqual(tracksOf(JSON.stringify(walk)), [{ label: "Morning walk", points }]);
  const rides = { type: "MultiLineString", coordinates: [line, [[1, 2]], line] };
  const all = { type: "GeometryCollection", geometries: [rides, { type: "Point", coordinates: [1, 2] }] };
  const file = { type: "FeatureCollection", features: [{ type: "Feature", properties: null, geometry: all }, walk] };
  assert.deepEqual(tracksOf(JSON.stringify(file)).map(({ label }) => label), ["", "", "Morning walk"]);
});

test("a name keeps its letters, whatever pictures a device put among them", () => {
  const named = (name) =>
    tracksOf(JSON.stringify({ type: "Feature", properties: { name }, geometry: { type: "LineString", coordinates: [[1, 2], [1, 3]] } }))[0].label;
  assert.equal(named("🚴🏽‍♀️ Morning ⛰️ ride 🇵🇹"), "Morning ride");
  assert.equal(named("क्‍ष №1 © 2026 100 %"), "क्‍ष №1 © 2026 100 %");
  assert.equal(named("🏔"), "");
  assert.equal(named("x".repeat(90)).length, 80);
});

test("a file with odd things in place of lines holds no track", () => {
  const nested = Array.from({ length: 2000 }).reduce((inner) => ({ type: "GeometryCollection", geometries: [inner] }), {});
  const odd = [
    {},
    nested,
    { type: "FeatureCollection", features: 7 },
    { type: "FeatureCollection", features: [null, 1, "x", { type: "Feature" }] },
    { type: "LineString", coordinates: { length: 3 } },
    { type: "LineString", coordinates: [[1], null, "ab", [null, 2]] },
    { type: "MultiLineString", coordinates: [null, 5] },
  ];
  for (const thing of odd) assert.throws(() => tracksOf(JSON.stringify(thing)), NoTracks);
  assert.throws(() => tracksOf('{"type": "LineString", "coordinates": [[1'), NoTracks);
});

test("the page around tracks whose ends are hidden does not tell how far they go", () => {
  const doors = [24.9, 24.901, 24.902, 24.9034].map((door) =>
    pageAround([{ label: "", points: [[60.17, door], [60.171, 24.95]] }], 0.75, 500),
  );
  for (const page of doors) assert.deepEqual(page, doors[0], "all of them lie in one square");
  const tight = pageAround([{ label: "", points: [[60.17, 24.9], [60.171, 24.95]] }], 0.75);
  assert.ok(/** @type {any} */ (doors[0]).distance >= tight.distance, "and all of the tracks is on it");
});

test("where nobody has chosen who sees a poster it depends on what it points out", () => {
  const plain = { ...design, markers: [], tracks: [] };
  const walk = { label: "", points: /** @type {any} */ ([[0, 0], [1, 1]]) };
  assert.equal(seenBy(plain), "public");
  assert.equal(seenBy({ ...plain, tracks: [walk] }), "private");
  assert.equal(seenBy(design), "private", "it has a mark");
  for (const visibility of ["public", "unlisted", "private"]) assert.equal(seenBy({ ...design, visibility }), visibility);
});
