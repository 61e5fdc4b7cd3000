/**
 * Takes a WebSocket's messages to Python, and Python's to it, many at a time: every crossing costs as much as reading a
 * small message does. A batch is, for each message, its length (32 bits, little-endian) and its bytes;
 * `pyconvo/hosts/browser_socket.py` is the other end. Not responsible for anything else that a socket tells.
 */

import { macrotaskScheduler } from "../bridge/macrotask.ts";

const LENGTH = 4;

export interface Gathered {
  /** Hands over now what has come until now. */
  flush(): void;
  /** Hands over nothing more. */
  stop(): void;
}

export interface Batches {
  /** `deliver` gets the messages of `socket`, those of a burst together. */
  gather(socket: WebSocket, deliver: (batch: Uint8Array<ArrayBuffer>) => void): Gathered;
  /** Sends each message of a batch. */
  scatter(socket: WebSocket, batch: Uint8Array<ArrayBuffer>): void;
}

export function batches(): Batches {
  const later = macrotaskScheduler();
  return {
    gather(socket, deliver) {
      let waiting: ArrayBuffer[] = [];
      let gathering = false;
      const flush = (): void => {
        if (waiting.length === 0) return;
        const messages = waiting;
        waiting = [];
        deliver(joined(messages));
      };
      // Asked for after Python has run: what came meanwhile is told first, as it was there first.
      const gather = (): void => {
        gathering = waiting.length > 0;
        flush();
        if (gathering) later(gather);
      };
      const stop = (): void => {
        socket.onmessage = null;
        waiting = [];
      };
      socket.onmessage = ({ data }: MessageEvent<unknown>) => {
        // Twilsock speaks in binary messages; a text one is nothing.
        if (!(data instanceof ArrayBuffer)) return;
        waiting.push(data);
        // A message on its own is not kept waiting.
        if (!gathering) gather();
      };
      return { flush, stop };
    },
    scatter(socket, batch) {
      const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
      for (let start = 0; start < batch.length; ) {
        const end = start + LENGTH + view.getUint32(start, true);
        socket.send(batch.subarray(start + LENGTH, end));
        start = end;
      }
    },
  };
}

function joined(messages: ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const batch = new Uint8Array(messages.reduce((sum, message) => sum + LENGTH + message.byteLength, 0));
  const view = new DataView(batch.buffer);
  let start = 0;
  for (const message of messages) {
    view.setUint32(start, message.byteLength, true);
    batch.set(new Uint8Array(message), start + LENGTH);
    start += LENGTH + message.byteLength;
  }
  return batch;
}
