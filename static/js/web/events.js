// @ts-check
/** The names of everything that goes over the socket, as infra/events/events.py has them (a test compares the two). */

// payloads
/** @typedef {{connection_id: string, user_id: string, server_time: string, version: string}} ConnectionEstablished */
/** @typedef {{error: string, code: string}} ConnectionRefused */
/** @typedef {{request_id: string, progress: number, status: string, message: string, queue_position?: number, estimated_completion?: string, timestamp: string}} Progress */
/** @typedef {{request_id: string, poster: Record<string, any>, thumbnail_url: string, processing_time: number, timestamp: string}} Completed */
/** @typedef {{request_id: string, error: string | null, message: string | null, retry_possible: boolean, timestamp: string}} NotMade */
/** @typedef {{jobs: {id: string, city: string, theme: string, progress: number}[]}} Making */
/** @typedef {{seq: number, poster: Record<string, any>}} PosterAdded */
/** @typedef {{seq: number, id: string}} PosterRemoved */
/** @typedef {{viewers: number}} Presence */
/** @typedef {{epoch: number, seq: number}} BoardPosition */
/** @typedef {{everybody: boolean, newcomers: boolean, networks: number, factor: number}} BrakesNews */
/** @typedef {{message: string, scheduled_time: string, duration_minutes: number}} Maintenance */
/** @typedef {{user_id: string, current_credits: number, threshold: number}} CreditsLow */
// end of payloads

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
  SYSTEM_CREDITS_LOW: "system:credits_low",
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
