/**
 * A time limit that does not count the time a machine sleeps or a background page is held back: it counts ticks of
 * a timer, of which a waking machine delivers only one.
 */
export class Deadline {
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Calls `expired` once, about `seconds` from now, unless stopped before. */
  constructor(seconds: number, expired: () => void) {
    const tick = Math.min(1000, seconds * 1000);
    let left = Math.ceil((seconds * 1000) / tick);
    this.timer = setInterval(() => {
      if (--left !== 0) return;
      this.stop();
      expired();
    }, tick);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
