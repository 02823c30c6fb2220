// @ts-check
/** The names of everything that goes over the socket, as infra/events/events.py has them (a test compares the two). */

export const Events = Object.freeze({
  CONNECTION_ESTABLISHED: "connection:established",
  CONNECTION_ERROR: "connection:error",
  GENERATION_PROGRESS: "generation:progress",
  GENERATION_COMPLETED: "generation:completed",
  GENERATION_FAILED: "generation:failed",
  GENERATION_CANCELLED: "generation:cancelled",
  GALLERY_MAKING: "gallery:making",
  GALLERY_POSTER_ADDED: "gallery:poster_added",
  GALLERY_POSTER_REMOVED: "gallery:poster_removed",
  PRESENCE_CHANGED: "presence:changed",
  CANVAS_PIXELS: "canvas:pixels",
  CANVAS_RESYNC: "canvas:resync",
  CANVAS_BRAKES: "canvas:brakes",
  SYSTEM_MAINTENANCE: "system:maintenance",
});

export const Commands = Object.freeze({
  JOB_SUBSCRIBE: "job:subscribe",
  JOB_UNSUBSCRIBE: "job:unsubscribe",
  GALLERY_JOIN: "gallery:join",
  GALLERY_LEAVE: "gallery:leave",
  CANVAS_JOIN: "canvas:join",
  CANVAS_PLACE: "canvas:place",
  CANVAS_UNDO: "canvas:undo",
  CANVAS_LEAVE: "canvas:leave",
  CANVAS_INSPECT: "canvas:inspect",
});
