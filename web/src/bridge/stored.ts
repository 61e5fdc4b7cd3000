/**
 * The page's session storage, for a core that has none in its worker. A cache alone: whatever fails (no storage, not
 * allowed, no space left) is passed over in silence. Not responsible for what the entries say.
 */

const OURS = /::(document|list|map)::/;

/** What earlier clients have kept; undefined where nothing can be. */
export function readStored(): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries<string>(sessionStorage).filter(([key]) => OURS.test(key)));
  } catch {
    return undefined;
  }
}

/** `null` removes the entry. */
export function store(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
