/**
 * Pages of messages and of conversations: plain objects with members of their own, as in the official SDK, so that they
 * can be taken apart and copied. Not responsible for pages of recipients (`RestPaginator`, a class there).
 */

import { entryOf } from "../bridge/registry.js";
import { Conversation } from "./entities.js";

/** Gives a new page its members. They are told once: a page never changes. */
export function layOut(page: object): void {
  const { items, hasPrevPage, hasNextPage } = entryOf(page).state;
  // The functions keep the page, and so what the core has behind it, as long as anybody has one of them.
  const turn = (method: "prevPage" | "nextPage") => (): Promise<unknown> =>
    entryOf(page).session.caller.call(page, method, []);
  const [prevPage, nextPage] = [turn("prevPage"), turn("nextPage")];
  // In the order in which the official SDK writes them.
  const members =
    (items as unknown[])[0] instanceof Conversation
      ? { items, hasNextPage, hasPrevPage, nextPage, prevPage }
      : { items, hasPrevPage, hasNextPage, prevPage, nextPage };
  Object.assign(page, members);
}
