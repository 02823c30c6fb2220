// A program that uses Mural with the official client: `node official_client.mjs URL JOB_ID TRANSPORT`.
// It says when it listens, and prints what came back when the job is done.
import { io } from "socket.io-client";

const [url, jobId, transport] = process.argv.slice(2);
const socket = io(url, { transports: [transport], reconnection: false });
const ask = (name, payload) => socket.timeout(20_000).emitWithAck(name, payload);
const hear = (name) => new Promise((resolve) => socket.once(name, resolve));

const greeting = hear("connection:established");
const added = hear("gallery:poster_added");
const completed = hear("generation:completed");
const said = { established: await greeting };
said.joined = await ask("gallery:join", {});
said.subscribed = await ask("job:subscribe", { job_id: jobId });
said.unknown = await ask("job:explode", { why: "not" });
said.malformed = await ask("job:subscribe", { job_id: 7 });
said.strange = await ask("job:subscribe", "text");
console.log("listening");
said.completed = await completed;
said.added = await added;
said.transport = socket.io.engine.transport.name;
said.left = await ask("gallery:leave", {});
socket.disconnect();
console.log(JSON.stringify(said));
