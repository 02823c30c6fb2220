// @ts-check
// The yardstick for the board: a Socket.IO server as its makers ship it, that takes the same commands and sends the same
// frames as Mural, one every 50 ms. It keeps nothing: what it acknowledges is gone when it ends.
import { Server } from "socket.io";

const TICK_MS = 50;
const HEADER_BYTES = 15;
const WIDTH = 256;

const io = new Server(Number(process.argv[2]), { serveClient: false });
let seq = 0;
/** @type {{pixel: number, acknowledge: (answer: object) => void}[]} */
let pending = [];

io.on("connection", (socket) => {
  socket.on("canvas:join", (_payload, acknowledge) => {
    socket.join("canvas");
    acknowledge({ ok: true, epoch: 1, seq, outcome: "current" });
  });
  socket.on("canvas:place", ({ x, y, color }, acknowledge) => {
    pending.push({ pixel: (y * WIDTH + x) * 256 + color, acknowledge });
  });
});

setInterval(() => {
  if (!pending.length) return;
  const placed = pending;
  pending = [];
  const frame = Buffer.alloc(HEADER_BYTES + 4 * placed.length);
  frame.writeUInt8(1, 0);
  frame.writeUInt32LE(1, 1);
  frame.writeBigUInt64LE(BigInt(seq + 1), 5);
  frame.writeUInt16LE(placed.length, 13);
  placed.forEach(({ pixel }, index) => frame.writeUInt32LE(pixel, HEADER_BYTES + 4 * index));
  io.to("canvas").emit("canvas:pixels", frame);
  const available = new Date().toISOString();
  for (const { acknowledge } of placed) acknowledge({ ok: true, seq: ++seq, charges: 1, available_at: available });
}, TICK_MS);
