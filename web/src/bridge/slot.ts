/**
 * Values kept on objects out of sight. Unlike a WeakMap's they are found through a Proxy as well: frameworks (Vue's
 * `reactive`) wrap what they are given and call methods on the wrapper.
 */

export interface Slot<T> {
  get(object: object): T | undefined;
  set(object: object, value: T): void;
}

export function slot<T>(name: string): Slot<T> {
  const key = Symbol(name);
  return {
    get: (object) => (Reflect.get(object, key) as (() => T) | undefined)?.(),
    // Behind a function, because frameworks wrap objects that they find inside, but not functions.
    set: (object, value) => void Object.defineProperty(object, key, { value: () => value }),
  };
}
