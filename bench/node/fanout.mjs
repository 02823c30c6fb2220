// @ts-check
// The yardstick: a Socket.IO server as its makers ship it, that sends the same event as bench/fanout_program.py.
import { Server } from "socket.io";

const [port, everyMs, padding] = process.argv.slice(2).map(Number);
const io = new Server(port, { serveClient: false });

io.on("connection", (socket) => {
  socket.on("gallery:join", (_payload, acknowledge) => {
    socket.join("gallery");
    acknowledge({ ok: true });
  });
});

setInterval(() => {
  io.to("gallery").emit("presence:changed", { sent: String(process.hrtime.bigint()), more: "x".repeat(padding) });
}, everyMs);
