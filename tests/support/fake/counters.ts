/** What was asked of the fake, for tests that count requests. */

/** One answered request. */
export interface LogEntry {
  readonly method: string;
  readonly url: string;
  readonly endpoint: string;
  /** 0 where the connection was reset or the caller went away before an answer. */
  status: number;
  /** Whether an `Authorization` header came along. */
  readonly authorized: boolean;
}

/** Counts every request, also those that a fault answered. */
export class Counters {
  total = 0;
  /** Every request since the fake was made; `reset()` leaves it alone. */
  started = 0;
  /** Count by method and path pattern, without gateway prefix: `GET /wiki/api/v2/spaces/{id}/pages`. */
  byEndpoint: Record<string, number> = {};
  log: LogEntry[] = [];
  /** Requests being answered now. */
  inFlight = 0;
  /** The most that were answered at once. */
  maxInFlight = 0;
  /** Characters of all text answers. */
  charactersSent = 0;
  /** Injected requests to hosts that are not part of the fake. They fail as an unknown host does. */
  foreign: LogEntry[] = [];

  /** Notes the start of a request; the entry's status is set when it is answered. */
  begin(entry: LogEntry): void {
    this.total++;
    this.started++;
    this.byEndpoint[entry.endpoint] = (this.byEndpoint[entry.endpoint] ?? 0) + 1;
    this.log.push(entry);
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
  }

  end(entry: LogEntry, status: number): void {
    entry.status = status;
    this.inFlight--;
  }

  reset(): void {
    this.total = 0;
    this.byEndpoint = {};
    this.log = [];
    this.maxInFlight = this.inFlight;
    this.charactersSent = 0;
    this.foreign = [];
  }
}
