import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { holdLease } from "../../src/sync/hold_lease.ts";
import { VirtualClock } from "../support/clock.ts";
import { indexUrl, nameOutside, test } from "../support/each_database.ts";

const LEASES = "SELECT name, owner FROM leases ORDER BY name";

function options(clock: VirtualClock, runId: string, more: { wait?: boolean; signal?: AbortSignal } = {}) {
  const waits: string[] = [];
  return {
    waits,
    clock,
    runId,
    spaces: [{ id: "7", key: "DOCS" }],
    wait: more.wait ?? false,
    signal: more.signal ?? new AbortController().signal,
    onWait: (holder: { runId: string }) => void waits.push(holder.runId),
  };
}

/** Two connections to one index, as two processes have. */
async function withTwo(
  work: (clock: VirtualClock, open: () => ReturnType<typeof openDatabase>) => Promise<void>,
) {
  const clock = new VirtualClock();
  await work(clock, async () => nameOutside(await openDatabase(indexUrl()), clock));
}

test("holdLease keeps a second run out, and gives the lease back, also after a failure", () =>
  withTwo(async (clock, open) => {
    await using first = await open();
    await using second = await open();
    await holdLease(first, options(clock, "one"), async () => {
      const error = await assertRejects(
        () => holdLease(second, options(clock, "two"), () => Promise.resolve()),
        ConfluenceIndexError,
      );
      assertEquals(error.code, "locked");
      assertStringIncludes(
        error.message,
        "Cannot write DOCS: run one is writing it since 2026-03-01T12:00:00.000Z",
      );
      assertStringIncludes(error.hint ?? "", "--wait");
    });
    assertEquals(await second.all(LEASES), []);
    await assertRejects(
      () => holdLease(second, options(clock, "two"), () => Promise.reject(new Error("mine"))),
      Error,
      "mine",
    );
    assertEquals(await first.all(LEASES), []);
  }));

test("holdLease stays alive through a long silence", () =>
  withTwo(async (clock, open) => {
    await using first = await open();
    await using second = await open();
    await clock.run(holdLease(first, options(clock, "one"), async () => {
      await clock.sleep(3_600_000);
      await assertRejects(
        () => holdLease(second, options(clock, "two"), () => Promise.resolve()),
        ConfluenceIndexError,
      );
    }));
  }));

test("holdLease waits where that is wanted, and says for whom", () =>
  withTwo(async (clock, open) => {
    await using first = await open();
    await using second = await open();
    const done: string[] = [];
    const taken = Promise.withResolvers<void>();
    const held = holdLease(first, options(clock, "one"), async () => {
      taken.resolve();
      await clock.sleep(90_000);
      done.push("one");
    });
    // On a server the two race otherwise.
    await taken.promise;
    const waiting = options(clock, "two", { wait: true });
    await clock.run(Promise.all([
      held,
      holdLease(second, waiting, () => Promise.resolve(void done.push("two"))),
    ]));
    assertEquals(done, ["one", "two"]);
    assertEquals(waiting.waits, ["one"]);
  }));

test("holdLease that waits can be interrupted", () =>
  withTwo(async (clock, open) => {
    await using first = await open();
    await using second = await open();
    await holdLease(first, options(clock, "one"), async () => {
      const stop = new AbortController();
      const waiting = holdLease(second, options(clock, "two", { wait: true, signal: stop.signal }), () =>
        Promise.resolve());
      waiting.catch(() => {});
      await clock.advance(10_000);
      stop.abort(new Error("enough"));
      await assertRejects(
        () =>
          waiting,
        Error,
        "enough",
      );
    });
  }));

test("holdLease takes over from a run that was killed, and from one that slept no commit gets through", () =>
  withTwo(async (clock, open) => {
    await using sleeper = await open();
    await using second = await open();
    const asleep = Promise.withResolvers<void>();
    const awake = Promise.withResolvers<void>();
    const slept = holdLease(sleeper, options(clock, "one"), async () => {
      asleep.resolve();
      await awake.promise;
      await sleeper.commit([{ sql: "INSERT INTO meta VALUES ('written', 'too late')", args: [] }]);
    });
    slept.catch(() => {});
    await asleep.promise;
    // Its process is stopped: not even the heartbeat runs, while the clock of others goes on.
    clock.set(clock.now() + 61_000);
    await holdLease(second, options(clock, "two"), async () => {
      const held = [{ name: "run:two", owner: "two" }, { name: "space:7", owner: "two" }];
      assertEquals(await second.all(LEASES), held);
      awake.resolve();
      const error = await assertRejects(() => slept, ConfluenceIndexError);
      assertEquals(error.code, "locked");
      assertStringIncludes(error.message, "another run has taken it over");
      assertEquals(await second.all("SELECT * FROM meta WHERE key = 'written'"), []);
      // Neither did its end give away a lease that is not its own.
      assertEquals(await second.all(LEASES), held);
    });
  }));

test("holdLease lets no commit through from a run that slept until the one that took over had ended", () =>
  withTwo(async (clock, open) => {
    await using sleeper = await open();
    await using second = await open();
    const asleep = Promise.withResolvers<void>();
    const awake = Promise.withResolvers<void>();
    const slept = holdLease(sleeper, options(clock, "one"), async () => {
      asleep.resolve();
      await awake.promise;
      await sleeper.commit([{ sql: "INSERT INTO meta VALUES ('written', 'too late')", args: [] }]);
    });
    slept.catch(() => {});
    await asleep.promise;
    clock.set(clock.now() + 61_000);
    await holdLease(second, options(clock, "two"), () => Promise.resolve());
    awake.resolve();
    const error = await assertRejects(() => slept, ConfluenceIndexError);
    assertEquals(error.code, "locked");
    assertEquals(await second.all("SELECT * FROM meta WHERE key = 'written'"), []);
    assertEquals(await second.all(LEASES), []);
  }));
