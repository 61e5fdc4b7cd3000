/**
 * A time limit that does not count the time a machine sleeps or a background page is held back: it counts ticks of
 * a timer, of which a waking machine delivers only one.
 */
export class Deadline {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly ticks: number;
  private left: number;

  /** Calls `expired` once, about `seconds` from now, unless stopped before. */
  constructor(seconds: number, expired: () => void) {
    const tick = Math.min(1000, seconds * 1000);
    this.left = this.ticks = Math.ceil((seconds * 1000) / tick);
    this.timer = setInterval(() => {
      if (--this.left !== 0) return;
      this.stop();
      expired();
    }, tick);
  }

  /** All of the time again, unless it has been stopped. */
  restart(): void {
    this.left = this.ticks;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
