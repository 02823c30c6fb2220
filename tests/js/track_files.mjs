/** Files of tracks as strangers have them, each with what is special about it. */

const NS = 'xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="a watch"';
const UTF8 = '<?xml version="1.0" encoding="UTF-8"?>';
/** A walk over a bridge in Tromsø. */
const WALK = [[69.648, 18.962], [69.649, 18.968], [69.65, 18.975], [69.6505, 18.984]];
const BACK = WALK.toReversed();

/**
 * @param {number[][]} points
 * @param {string} [inside]
 * @param {string} [tag]
 */
const points = (points, inside = "", tag = "trkpt") => points.map(([lat, lon]) => `<${tag} lat="${lat}" lon="${lon}">${inside}</${tag}>`).join("");
/** @param {string} inside */
const segment = (inside) => `<trkseg>${inside}</trkseg>`;
/**
 * @param {string} name
 * @param {string} [inside]
 */
const trk = (name, inside = segment(points(WALK))) => `<trk><name>${name}</name>${inside}</trk>`;
/** @param {string} name */
const rte = (name) => `<rte><name>${name}</name>${points(WALK, "", "rtept")}</rte>`;
/**
 * @param {string} inside
 * @param {string} [head]
 */
const gpx = (inside, head = UTF8) => `${head}<gpx ${NS}>${inside}</gpx>`;
/** Parts of a walk with pauses between them. @param {number} count */
const parts = (count) => Array.from({ length: count }, (_nothing, at) => segment(points([0, 1, 2].map((step) => [69.65 + at / 1000 + step / 5000, 18.96 + step / 500])))).join("");

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);
/** Letters of one byte each: those below 256, and Cyrillic ones where windows-1251 has them. @param {string} text */
const singleBytes = (text) => Uint8Array.from(text, (letter) => {
  const code = letter.charCodeAt(0);
  return code >= 0x410 && code < 0x450 ? code - 0x410 + 0xc0 : code;
});
/**
 * @param {string} text
 * @param {boolean} little
 */
function utf16(text, little) {
  const view = new DataView(new ArrayBuffer(2 + 2 * text.length));
  view.setUint16(0, 0xfeff, little);
  for (let at = 0; at < text.length; at += 1) view.setUint16(2 + 2 * at, text.charCodeAt(at), little);
  return new Uint8Array(view.buffer);
}

const AROUND = WALK.map(([lat, lon]) => [lon, lat]);
const LINE = { type: "LineString", coordinates: AROUND };
/**
 * @param {unknown} geometry
 * @param {unknown} [properties]
 */
const feature = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });
/** @param {unknown[]} features */
const collection = (...features) => ({ type: "FeatureCollection", features });
/** @param {unknown} value */
const json = (value) => utf8(JSON.stringify(value));
const [LON, LAT] = AROUND[0];
/** @param {number[]} point */
const mercator = ([lon, lat]) => [(lon * 20037508.34) / 180, (Math.log(Math.tan(((90 + lat) * Math.PI) / 360)) * 20037508.34) / Math.PI];

const FERRY = [[-17.02, 179.97], [-17.01, 179.996], [-17, 180.004], [-16.99, 180.03]];
const SHAPING = [1, 2, 3, 4, 5, 6, 7].map((at) => `<gpxx:rpt lat="${69.65 + at / 2000}" lon="${18.96 + (at % 2) / 300}"/>`).join("");
const HEART = "<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>131</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions>";

export const FILES = {
  "a plain track": utf8(gpx(trk("Over the bridge"))),
  "an ampersand that is not written as one must": utf8(gpx(trk("Salt & Sea"))),
  "times and heights that are none": utf8(gpx(trk("No clock", segment(points(WALK, "<time>soon</time><ele>NaN</ele>"))))),
  "a mark of the byte order": utf8(`\ufeff${gpx(trk("Marked"))}`),
  "commas for points": utf8(gpx(trk("Komma", segment(WALK.map((pair) => `<trkpt lat="${String(pair[0]).replace(".", ",")}" lon="${String(pair[1]).replace(".", ",")}"/>`).join(""))))),
  "Cyrillic letters of one byte": singleBytes(gpx(trk("Мост"), '<?xml version="1.0" encoding="windows-1251"?>')),
  "Latin letters of one byte": singleBytes(gpx(trk("Brücke über den Sund"), '<?xml version="1.0" encoding="ISO-8859-1"?>')),
  "a document type": utf8(gpx(trk("Typed"), '<?xml version="1.0"?><!DOCTYPE gpx>')),
  "tracks without points": utf8(gpx("<trk></trk><trk><name>Nothing</name><trkseg/></trk>")),
  "shaping points between those of a route": utf8(`${UTF8}<gpx ${NS} xmlns:gpxx="http://www.garmin.com/xmlschemas/GpxExtensions/v3"><rte><name>By bike</name><rtept lat="69.65" lon="18.96"><extensions><gpxx:RoutePointExtension>${SHAPING}</gpxx:RoutePointExtension></extensions></rtept><rtept lat="69.655" lon="18.96"/></rte></gpx>`),
  "an early version": utf8(`${UTF8}<gpx xmlns="http://www.topografix.com/GPX/1/0" version="1.0" creator="a watch">${trk("Early")}</gpx>`),
  "room before the first letter": utf8(`\n  ${gpx(trk("Led in"))}`),
  "longitudes beyond 180": utf8(gpx(trk("To Taveuni", segment(points(FERRY))))),
  "the antimeridian": utf8(gpx(trk("To Taveuni", segment(points(FERRY.map(([lat, lon]) => [lat, lon > 180 ? lon - 360 : lon])))))),
  "no namespace": utf8(`${UTF8}<gpx version="0.31">${trk("Bare")}</gpx>`),
  "one point": utf8(gpx(trk("Alone", segment(points([WALK[0]]))))),
  "a segment for every point": utf8(gpx(trk("Each its own", Array.from({ length: 12 }, (_nothing, at) => segment(points([[69.65 + at / 4000, 18.96 + (at % 3) / 2000]]))).join("")))),
  "prefixed names": utf8(gpx(trk("Prefixed")).replace(/<(\/?)(gpx|trkpt|trkseg|trk|name)/g, "<$1g:$2").replace("xmlns=", "xmlns:g=")),
  "a route": utf8(gpx(rte("Planned"))),
  "a route beside its own track": utf8(gpx(rte("Both") + trk("Both"))),
  "thirty segments": utf8(gpx(trk("With pauses", parts(30)))),
  "five segments": utf8(gpx(trk("In five", parts(5)))),
  "the far north": utf8(gpx(trk("Ice", segment(points([[84.8, 20], [85.4, 20.5], [86.2, 21]]))))),
  "a file cut off": utf8(gpx(trk("Cut off")).split(`lat="${WALK[3][0]}"`)[0]),
  "a prefix that nobody declared": utf8(gpx(trk("Pulse", segment(points(WALK, HEART))))),
  "two bytes a letter, the large first": utf16(gpx(trk("Zwei"), '<?xml version="1.0" encoding="UTF-16"?>'), false),
  "two bytes a letter, the small first": utf16(gpx(trk("Zwei"), '<?xml version="1.0" encoding="UTF-16"?>'), true),
  "waypoints alone": utf8(gpx(`<wpt lat="69.65" lon="18.96"><name>Inn</name></wpt><wpt lat="69.66" lon="18.98"><name>Well</name></wpt>`)),
  "points at nought": utf8(gpx(trk("No fix", segment(points([[0, 0], [0, 0], ...WALK]))))),
  "metres of Web Mercator": json({ ...collection(feature({ ...LINE, coordinates: AROUND.map(mercator) })), crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::3857" } } }),
  "heights behind the degrees": json(feature({ ...LINE, coordinates: AROUND.map((point) => [...point, 12.5, 7]) }, { name: null })),
  "a list": json([feature(LINE)]),
  "a mark of the byte order before JSON": utf8(`\ufeff${JSON.stringify(LINE)}`),
  "collections within collections": json({ type: "GeometryCollection", geometries: [LINE, { type: "Point", coordinates: [LON, LAT] }, { type: "GeometryCollection", geometries: [LINE] }] }),
  "several lines, some empty": json(feature({ type: "MultiLineString", coordinates: [AROUND, [], [[LON, LAT]], BACK.map(([lat, lon]) => [lon, lat])] }, { name: "There and back" })),
  "numbers that are none": utf8(JSON.stringify(LINE).replace(String(LAT), "NaN")),
  "features without properties": json(collection({ type: "Feature", geometry: LINE }, { type: "Feature", geometry: null, properties: null }, null)),
  "a point": json(collection(feature({ type: "Point", coordinates: [18.95, 69.6] }, { name: "Here" }))),
  "an area": json(feature({ type: "Polygon", coordinates: [[...AROUND.slice(0, 3), AROUND[0]]] }, { name: "Island" })),
  "a feature a line": utf8(`${JSON.stringify(feature(LINE))}\n${JSON.stringify(feature(LINE))}\n`),
  "texts for numbers": json({ ...LINE, coordinates: AROUND.map((point) => point.map(String)) }),
  "a name in capitals": json(feature(LINE, { Name: "Capital", title: "Other" })),
  "KML": utf8(`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><LineString><coordinates>${AROUND.slice(0, 2).map((point) => `${point.join(",")},5`).join(" ")}</coordinates></LineString></Placemark></Document></kml>`),
  "TCX": utf8(`<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity Sport="Running"><Lap><Track>${WALK.slice(0, 2).map(([lat, lon]) => `<Trackpoint><Position><LatitudeDegrees>${lat}</LatitudeDegrees><LongitudeDegrees>${lon}</LongitudeDegrees></Position></Trackpoint>`).join("")}</Track></Lap></Activity></Activities></TrainingCenterDatabase>`),
};
