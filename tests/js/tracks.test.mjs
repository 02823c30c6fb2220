import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";

import { pageAround } from "../../static/js/posters/make/around.js";
import { tracksIn } from "../../static/js/posters/make/tracks.js";
import { FILES } from "./track_files.mjs";

const bytesOf = (text) => new TextEncoder().encode(text);
const file = (name) => tracksIn(FILES[name]);
const read = (text) => tracksIn(bytesOf(text));
const shapeOf = ({ tracks }) => tracks.map(({ label, points }) => [label, points.length]);
const trkpts = (...points) => points.map(([lat, lon]) => `<trkpt lat="${lat}" lon="${lon}"/>`).join("");
const gpx = (inside) => `<gpx xmlns="http://www.topografix.com/GPX/1/1">${inside}</gpx>`;
const track = (...segments) => `<trk><name>Way</name>${segments.map((points) => `<trkseg>${trkpts(...points)}</trkseg>`).join("")}</trk>`;
const line = (coordinates, rest = {}) => JSON.stringify({ type: "LineString", coordinates, ...rest });

for (const [name, wanted] of Object.entries({
  "a plain track": [["Over the bridge", 4]],
  "an ampersand that is not written as one must": [["Salt & Sea", 4]],
  "times and heights that are none": [["No clock", 4]],
  "a mark of the byte order": [["Marked", 4]],
  "commas for points": [["Komma", 4]],
  "Cyrillic letters of one byte": [["Мост", 4]],
  "Latin letters of one byte": [["Brücke über den Sund", 4]],
  "shaping points between those of a route": [["By bike", 9]],
  "an early version": [["Early", 4]],
  "room before the first letter": [["Led in", 4]],
  "longitudes beyond 180": [["To Taveuni", 4]],
  "no namespace": [["Bare", 4]],
  "a segment for every point": [["Each its own", 12]],
  "prefixed names": [["Prefixed", 4]],
  "a route": [["Planned", 4]],
  "a route beside its own track": [["Both", 4]],
  "five segments": Array.from({ length: 5 }, () => ["In five", 3]),
  "the far north": [["Ice", 3]],
  "a file cut off": [["Cut off", 3]],
  "a prefix that nobody declared": [["Pulse", 4]],
  "two bytes a letter, the large first": [["Zwei", 4]],
  "two bytes a letter, the small first": [["Zwei", 4]],
  "points at nought": [["No fix", 4]],
  "heights behind the degrees": [["", 4]],
  "a mark of the byte order before JSON": [["", 4]],
  "collections within collections": [["", 4], ["", 4]],
  "several lines, some empty": [["There and back", 4], ["There and back", 4]],
  "features without properties": [["", 4]],
  "an area": [["Island", 4]],
  "a feature a line": [["", 4], ["", 4]],
  "a name in capitals": [["Capital", 4]],
  "KML": [["", 2]],
  "TCX": [["", 2]],
})) {
  test(`${name}: read`, async () => assert.deepEqual(shapeOf(await file(name)), wanted));
}

for (const [name, reason] of Object.entries({
  "a document type": /document type/,
  "tracks without points": /tracks in this file are empty/,
  "a list": /this one is a list/,
  "numbers that are none": /not valid JSON/,
  "texts for numbers": /texts, not numbers/,
})) {
  test(`${name}: refused with its own reason`, () => assert.rejects(file(name), reason));
}

test("a recording with more pauses than a poster has tracks keeps all of its points", async () => {
  const { tracks, notes } = await file("thirty segments");
  assert.equal(tracks.length, 20);
  assert.equal(tracks.flatMap(({ points }) => points).length, 90);
  assert.deepEqual(notes, []);
  const far = Array.from({ length: 25 }, (_nothing, at) => track([[at, 7], [at, 7.1]]));
  assert.match((await read(gpx(far.join("")))).notes[0], /^5 short tracks/);
});

test("the page around what crosses the date line is where the track is", async () => {
  for (const name of ["the antimeridian", "longitudes beyond 180"]) {
    const page = pageAround((await file(name)).tracks, 0.75);
    assert.ok(Math.abs(page.latitude + 17.005) < 0.01 && Math.abs(page.longitude - 180) < 0.01, name);
    assert.ok(page.distance < 6000, name);
  }
  const middleOf = (...ways) => pageAround(ways.map((points) => ({ label: "", points })), 1).longitude;
  assert.equal(middleOf([[0.1, 170], [0.1, 179], [0.1, -160]]), -175);
  assert.equal(middleOf([[1, 178], [1, 179]], [[1, -179], [1, -178]]), 180);
  assert.equal(middleOf([[1, -100], [1, 60]]), -20, "half around the earth the other way");
  const wrapped = (await read(line([[-181, 1], [-180.5, 1], [359, 1]]))).tracks[0].points;
  assert.deepEqual(wrapped, [[1, 179], [1, 179.5], [1, -1]]);
});

test("points at nought and nought are no places, wherever they stand", async () => {
  const points = async (...segment) => (await read(gpx(track(segment)))).tracks[0].points;
  assert.deepEqual(await points([51, 7], [0, 0], [51.1, 7]), [[51, 7], [51.1, 7]]);
  assert.deepEqual(await points([51, 7], [51.1, 7], ["0.000000", "-0.0"]), [[51, 7], [51.1, 7]]);
  assert.deepEqual(await points([0, 7], [0, 7.1]), [[0, 7], [0, 7.1]], "the equator is a place");
  await assert.rejects(read(gpx(track([[0, 0], [0, 0]]))), /No point in this file is a place on earth/);
});

test("a route is left out beside the track that followed it, and only there", async () => {
  const route = (...points) => `<rte><name>Plan</name>${points.map(([lat, lon]) => `<rtept lat="${lat}" lon="${lon}"/>`).join("")}</rte>`;
  const walked = track([[51, 7], [51.01, 7.02], [51.02, 7.02]]);
  const names = async (planned) => shapeOf(await read(gpx(planned + walked))).map(([name]) => name);
  assert.deepEqual(await names(route([51.0002, 7.0002], [51.02, 7.0202])), ["Way"], "ends near the track");
  assert.deepEqual(await names(route([51.005, 7.01], [51.015, 7.02])), ["Way"], "between the points of the track");
  assert.deepEqual((await names(route([51, 7], [51.05, 7.1]))).sort(), ["Plan", "Way"]);
  assert.deepEqual((await names(route([52, 7], [52.1, 7], [52.2, 7]))).sort(), ["Plan", "Way"]);
});

test("points that a device recorded each on its own are one line, a stray one among lines is none", async () => {
  assert.deepEqual(shapeOf(await read(gpx(track([[1, 1]], [[1, 2]], [[1, 3]], [[1, 4], [1, 5]], [[1, 6]])))), [["Way", 6]]);
  assert.deepEqual(shapeOf(await read(gpx(track([[1, 1], [1, 2]], [[9, 9]], [[1, 3], [1, 4]])))), [["Way", 2], ["Way", 2]]);
  assert.deepEqual(shapeOf(await read(gpx(track([], [[1, 1]], [], [[1, 2]])))), [["Way", 2]]);
});

test("what is no line becomes marks with their names", async () => {
  const marksOf = async (found) => (await found).marks.map(({ at, label }) => [...at, label]);
  assert.deepEqual(await marksOf(file("waypoints alone")), [[69.65, 18.96, "Inn"], [69.66, 18.98, "Well"]]);
  assert.deepEqual(await marksOf(file("a point")), [[69.6, 18.95, "Here"]]);
  assert.deepEqual(await marksOf(file("one point")), [[69.648, 18.962, "Alone"]]);
  assert.deepEqual(await marksOf(read('{"type": "MultiPoint", "coordinates": [[7, 51], [8, 52]]}')), [[51, 7, ""], [52, 8, ""]]);
  assert.deepEqual(await marksOf(read("<kml><Placemark><name>Inn</name><Point><coordinates>7,51,3</coordinates></Point></Placemark></kml>")), [[51, 7, "Inn"]]);
  assert.deepEqual(await marksOf(read(gpx('<wpt lat="1" lon="2"/><wpt lat="99" lon="2"/>'))), [[1, 2, ""]]);
});

test("letters are those that the file declares, or shows", async () => {
  const named = (head, letters) => tracksIn(new Uint8Array([...bytesOf(`${head}<gpx><trk><name>`), ...letters, ...bytesOf(`</name><trkseg>${trkpts([1, 2], [1, 3])}</trkseg></trk></gpx>`)]));
  const label = async (found) => (await found).tracks[0].label;
  assert.equal(await label(named("<?xml version='1.0' encoding='iso-8859-2'?>", [0xa3])), "Ł");
  assert.equal(await label(named('<?xml version="1.0" encoding="Shift_JIS"?>', [0x8e, 0x52])), "山");
  assert.equal(await label(named('<?xml version="1.0" encoding="no-such"?>', bytesOf("Süd"))), "Süd");
  assert.equal(await label(named("", [0x53, 0xfc, 0x64])), "Süd", "neither declared nor UTF-8");
  const utf16 = Buffer.from(gpx(track([[1, 2], [1, 3]])).replace("Way", "Höhe"), "utf16le");
  assert.equal(await label(tracksIn(new Uint8Array(utf16))), "Höhe", "without a mark of its byte order");
});

test("a damaged file is read as far as it goes, and the line of its damage is told", async () => {
  const whole = gpx(`\n${track([[1, 2], [1, 3], [1, 4]])}\n`);
  const note = async (text) => (await read(text)).notes[0];
  assert.equal(await note(whole), undefined);
  assert.match(await note(whole.replace("</gpx>", "")), /^Damaged GPX, line 3:/);
  assert.match(await note(whole.replace("</trk>", "</track>")), /^Damaged GPX, line 2:/);
  assert.match(await note(whole.replace('lon="4"', 'lon="4')), /^Damaged GPX, line 2:/);
  await assert.rejects(read("<gpx>\n<trk>\n<trkseg"), /^Error: Damaged GPX, line 3: nothing before it/);
  await assert.rejects(read("<html><p>Not found</html>"), /no file of tracks/);
  await assert.rejects(read(""), /no file of tracks/);
});

test("coordinates that are no degrees are turned into them, or refused", async () => {
  const { tracks } = await file("metres of Web Mercator");
  assert.ok(Math.abs(tracks[0].points[0][0] - 69.648) < 1e-6 && Math.abs(tracks[0].points[0][1] - 18.962) < 1e-6);
  const crs = (name) => ({ crs: { type: "name", properties: { name } } });
  assert.deepEqual((await read(line([[0, 111325.142866]], crs("EPSG:900913")))).marks[0].at.map((at) => at.toFixed(3)), ["1.000", "0.000"]);
  await assert.rejects(read(line([[400000, 5650000], [400100, 5650000]])), /not degrees/);
  await assert.rejects(read(line([[2.6, 1.2], [2.7, 1.3]], crs("EPSG:21781"))), /not degrees/);
  assert.equal((await read(line([[7, 51], [8, 51]], crs("urn:ogc:def:crs:OGC:1.3:CRS84")))).tracks.length, 1);
});

test("all outlines of areas are lines, with their holes", async () => {
  const ring = [[0, 1], [1, 1], [1, 2], [0, 1]];
  const read2 = (type, coordinates) => read(JSON.stringify({ type: "Feature", properties: { title: "Lake" }, geometry: { type, coordinates } }));
  assert.deepEqual(shapeOf(await read2("Polygon", [ring, ring])), [["Lake", 4], ["Lake", 4]]);
  assert.deepEqual(shapeOf(await read2("MultiPolygon", [[ring], [ring]])), [["Lake", 4], ["Lake", 4]]);
  const kml = "<kml><Placemark><name>Lake</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0,1 1,1\n1,2 0,1</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>";
  assert.deepEqual(shapeOf(await read(kml)), [["Lake", 4]]);
});

test("a KML file may hold recorded tracks, several lines and numbers with spaces between them", async () => {
  const kml = `<kml:kml xmlns:kml="x" xmlns:gx="y"><kml:Placemark><kml:name><![CDATA[A & B]]></kml:name>
    <gx:Track><gx:coord>7 51 3</gx:coord><gx:coord>7.1 51 3</gx:coord></gx:Track></kml:Placemark>
    <kml:Placemark><MultiGeometry><LineString><coordinates>7, 51, 0 7.1, 51, 0</coordinates></LineString>
    <LineString><coordinates>8,51 8,52 8,53</coordinates></LineString></MultiGeometry></kml:Placemark></kml:kml>`;
  assert.deepEqual(shapeOf(await read(kml)).sort(), [["", 2], ["", 3], ["A & B", 2]]);
});

test("the laps of an activity are one line, without the points that have no place", async () => {
  const at = (lat, lon) => `<Trackpoint><Time/><Position><LatitudeDegrees>${lat}</LatitudeDegrees><LongitudeDegrees>${lon}</LongitudeDegrees></Position></Trackpoint>`;
  const lap = (...points) => `<Lap><Track>${points.join("")}<Trackpoint><Time/></Trackpoint></Track></Lap>`;
  const tcx = `<TrainingCenterDatabase><Activities><Activity>${lap(at(1, 2), at(1, 3))}${lap(at(1, 4))}</Activity></Activities>
    <Courses><Course><Name>Loop</Name><Track>${at(5, 6)}${at(5, 7)}</Track></Course></Courses></TrainingCenterDatabase>`;
  assert.deepEqual(shapeOf(await read(tcx)), [["", 3], ["Loop", 2]]);
});

const NOTHING = 0x7fffffff;
const units = (degrees) => Math.round((degrees * 2 ** 31) / 180);

/** A FIT file as a watch writes it: big or little endian, records with a heart rate between the degrees. */
function fit(points, { little = true, kind = 20, fields = [0, 1], developer = false, compressed = false } = {}) {
  const sizes = [[fields[0], 4, 0x85], [3, 1, 0x02], [fields[1], 4, 0x85]];
  const words = (number) => (little ? [number & 255, number >> 8] : [number >> 8, number & 255]);
  const define = [developer ? 0x60 : 0x40, 0, little ? 0 : 1, ...words(kind), 3, ...sizes.flat(), ...(developer ? [1, 0, 2, 0] : [])];
  const records = points.flatMap(([lat, lon]) => {
    const body = new DataView(new ArrayBuffer(9 + (developer ? 2 : 0)));
    body.setInt32(0, lat, little);
    body.setInt32(5, lon, little);
    return [compressed ? 0x80 : 0, ...new Uint8Array(body.buffer)];
  });
  const data = [...define, ...records];
  const header = [14, 0x20, 0, 0, data.length & 255, data.length >> 8, 0, 0, ...bytesOf(".FIT"), 0, 0];
  return new Uint8Array([...header, ...data, 0, 0]);
}

test("the way in a FIT file is read, however the watch wrote it", async () => {
  const way = [[units(51), units(-7)], [NOTHING, NOTHING], [units(51.1), units(-7.1)]];
  for (const how of [{}, { little: false }, { developer: true }, { compressed: true }, { kind: 32, fields: [2, 3] }]) {
    const { tracks, notes } = await tracksIn(fit(way, how));
    assert.deepEqual(tracks, [{ label: "", points: [[51, -7], [51.1, -7.1]] }], JSON.stringify(how));
    assert.deepEqual(notes, []);
  }
});

test("a FIT file that ends too early is read as far as it goes", async () => {
  const whole = fit(Array.from({ length: 9 }, (_nothing, at) => [units(51 + at / 10), units(7)]));
  const { tracks, notes } = await tracksIn(whole.subarray(0, whole.length - 20));
  assert.ok(tracks[0].points.length >= 7);
  assert.match(notes[0], /FIT file is damaged/);
  await assert.rejects(tracksIn(whole.subarray(0, 14)), /FIT file is damaged/);
  await assert.rejects(tracksIn(new Uint8Array([...whole.subarray(0, 14), 5, 5, 5])), /FIT file is damaged/);
});

/** An archive of one file. */
function zip(name, content, { method = 8 } = {}) {
  const body = method === 8 ? deflateRawSync(content) : content;
  const head = (...numbers) => numbers.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_nothing, at) => Math.floor(value / 256 ** at) & 255));
  const facts = [[20, 2], [0, 2], [method, 2], [0, 4], [0, 4], [body.length, 4], [content.length, 4], [name.length, 2], [0, 2]];
  const local = [...head([0x04034b50, 4], ...facts), ...bytesOf(name), ...body];
  const central = [...head([0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [0, 4]), ...bytesOf(name)];
  return new Uint8Array([...local, ...central, ...head([0x06054b50, 4], [0, 4], [1, 2], [1, 2], [central.length, 4], [local.length, 4], [0, 2])]);
}

test("files are read out of archives, those of KMZ and of exports of other services", async () => {
  const kml = FILES.KML;
  assert.deepEqual(shapeOf(await tracksIn(zip("doc.kml", kml))), [["", 2]]);
  assert.deepEqual(shapeOf(await tracksIn(zip("files/Track.KML", kml, { method: 0 }))), [["", 2]]);
  assert.deepEqual(shapeOf(await tracksIn(new Uint8Array(gzipSync(fit([[units(1), units(2)], [units(1), units(3)]]))))), [["", 2]]);
});

test("an archive that is damaged, empty of tracks or larger than it looks is refused", async () => {
  const kml = FILES.KML;
  const whole = zip("doc.kml", kml);
  await assert.rejects(tracksIn(whole.subarray(0, whole.length - 30)), /archive is damaged/);
  await assert.rejects(tracksIn(zip("photo.jpg", kml)), /no track in this archive/);
  await assert.rejects(tracksIn(zip("doc.kml", new Uint8Array(40_000_000))), /too large/);
  await assert.rejects(tracksIn(zip("doc.kml", kml, { method: 12 })), /packed in a way/);
});

test("a hostile file costs no more than its length", async () => {
  await assert.rejects(read(`<gpx>${"<a>".repeat(200_000)}`), /Damaged GPX/);
  await assert.rejects(read(`<gpx><!ENTITY a "aa"></gpx>`), /document type/);
  await assert.rejects(read(`<gpx>${"<!-- ".repeat(200_000)}`), /Damaged GPX/);
  assert.equal((await read(gpx(`<trk><name>&a;&#99999999;</name><trkseg>${trkpts([1, 2], [1, 3])}</trkseg></trk>`))).tracks[0].label, "&a;&#99999999;");
});

test("the page around a track leaves the foot of the page to the lettering", () => {
  const way = [{ label: "", points: /** @type {any} */ ([[50, 10], [50.02, 10]]) }];
  const feet = (page) => page.latitude - (page.distance / 0.75) / 111_320;
  const free = pageAround(way, 0.75, 0, { lettered: 0.22 });
  const top = free.latitude + (free.distance / 0.75) / 111_320;
  assert.ok(50 - feet(free) > 0.22 * (top - feet(free)), "below the track");
  assert.ok(top > 50.02, "above the track");
  const roomy = pageAround(way, 0.75, 0, { lettered: 0.22, leastM: 5000 });
  assert.equal(roomy.latitude.toFixed(6), "50.010000", "a page with room enough stays where it is");
  const turned = pageAround(way, 0.75, 0, { lettered: 0.22, rotation: 90 });
  assert.equal(turned.latitude.toFixed(6), "50.010000");
  assert.ok(turned.distance > free.distance);
});
