/** Messages of a socket on their way to Python and back: all of them, in order, those of a burst together. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { batches } from "../src/worker/batches.ts";

/** As Python reads a batch. */
function unpacked(batch: Uint8Array): string[] {
  const messages: string[] = [];
  const view = new DataView(batch.buffer, batch.byteOffset);
  for (let start = 0; start < batch.length; ) {
    const end = start + 4 + view.getUint32(start, true);
    messages.push(new TextDecoder().decode(batch.subarray(start + 4, end)));
    start = end;
  }
  return messages;
}

function packed(messages: string[]): Uint8Array<ArrayBuffer> {
  const parts = messages.map((message) => new TextEncoder().encode(message));
  return new Uint8Array(parts.flatMap((part) => [...new Uint8Array(new Uint32Array([part.length]).buffer), ...part]));
}

class FakeSocket {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  sent: string[] = [];

  send(data: Uint8Array): void {
    this.sent.push(new TextDecoder().decode(data));
  }

  receive(data: string): void {
    this.onmessage?.({ data: new TextEncoder().encode(data).buffer });
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test("one message comes at once, those that follow in the same moment together", async () => {
  const socket = new FakeSocket();
  const heard: string[][] = [];
  batches().gather(socket as unknown as WebSocket, (batch) => heard.push(unpacked(batch)));
  for (const message of ["one", "", "three ✓"]) socket.receive(message);
  socket.onmessage?.({ data: "a text is nothing" });
  assert.deepEqual(heard, [["one"]]);
  await turn();
  assert.deepEqual(heard, [["one"], ["", "three ✓"]]);
  await turn();
  socket.receive("later");
  assert.deepEqual(heard.at(-1), ["later"]);
});

test("what comes while Python runs is kept for the next time", async () => {
  const socket = new FakeSocket();
  const heard: string[] = [];
  batches().gather(socket as unknown as WebSocket, (batch) => {
    heard.push(...unpacked(batch));
    if (heard.length < 50) socket.receive(`${heard.length}`);
  });
  socket.receive("0");
  while (heard.length < 50) await turn();
  assert.deepEqual(heard, Array.from({ length: 50 }, (_, number) => `${number}`));
});

test("can be asked for at once, and stopped", async () => {
  const socket = new FakeSocket();
  const heard: string[][] = [];
  const gathered = batches().gather(socket as unknown as WebSocket, (batch) => heard.push(unpacked(batch)));
  for (const message of ["one", "two"]) socket.receive(message);
  gathered.flush();
  gathered.flush();
  assert.deepEqual(heard, [["one"], ["two"]]);
  socket.receive("three");
  gathered.stop();
  socket.receive("four");
  await turn();
  assert.equal(heard.length, 2);
});

test("each message of a batch is sent on its own", () => {
  const socket = new FakeSocket();
  batches().scatter(socket as unknown as WebSocket, packed(["one", "", "drei ✓"]));
  assert.deepEqual(socket.sent, ["one", "", "drei ✓"]);
});
