/**
 * Remembers what the page's Content-Security-Policy refused while the runtime starts: the refused calls themselves
 * fail with errors that do not tell.
 */

/** Where violations are reported. */
export interface ViolationTarget {
  addEventListener(type: "securitypolicyviolation", listener: (event: SecurityPolicyViolationEvent) => void): void;
  removeEventListener(type: "securitypolicyviolation", listener: (event: SecurityPolicyViolationEvent) => void): void;
}

export class PolicyWatch {
  private readonly refused: { directive: string; uri: string }[] = [];

  constructor(private readonly target: ViolationTarget | undefined) {
    target?.addEventListener("securitypolicyviolation", this.note);
  }

  /** Whether the directive refused this address, or anything if no address is given. Waits for late reports. */
  async blocked(directive: string, url?: string): Promise<boolean> {
    // The report is a task of its own, queued before or after the failure it explains.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return this.refused.some(
      (refusal) =>
        refusal.directive.startsWith(directive) &&
        // Some engines report the origin alone.
        (url === undefined || url.startsWith(refusal.uri) || refusal.uri.startsWith(url)),
    );
  }

  stop(): void {
    this.target?.removeEventListener("securitypolicyviolation", this.note);
  }

  private readonly note = (event: SecurityPolicyViolationEvent): void => {
    if (event.disposition === "report") return;
    this.refused.push({ directive: event.effectiveDirective, uri: event.blockedURI });
  };
}
