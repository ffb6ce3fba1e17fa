/** An index whose process can be killed: from one moment on, nothing reaches it any more. */
import { type Database, openDatabase, type Statement } from "../../../src/database/mod.ts";

/** What a killed process would not live to see. */
export class Killed extends Error {
  override name = "Killed";
}

/** A database that outlives the processes that use it. */
export class MortalDatabase implements AsyncDisposable {
  #database: Database;
  readonly #url: string;
  /** Commits since the last {@linkcode MortalDatabase.rest}. */
  commits = 0;
  #dead = false;

  private constructor(database: Database, url: string) {
    this.#database = database;
    this.#url = url;
    this.#tap();
  }

  static async open(url: string): Promise<MortalDatabase> {
    return new MortalDatabase(await openDatabase(url), url);
  }

  get database(): Database {
    return this.#database;
  }

  /** Called around each commit; throwing {@linkcode Killed} there is dying there. */
  onCommit: (when: "before" | "after", number: number) => void = () => {};

  /** Told of everything that is asked of the database. */
  watch: <T>(work: Promise<T>) => Promise<T> = (work) => work;

  /** From now on nothing is read or written any more. */
  kill(): void {
    this.#dead = true;
  }

  /** A run is over: nobody waits for commits any more. After a kill a new process opens the index. */
  async rest(): Promise<void> {
    this.onCommit = () => {};
    this.commits = 0;
    if (!this.#dead) return;
    this.#dead = false;
    if (this.#url === ":memory:") {
      // Nobody else can open it: the connection stays, without what the dead process had set on it.
      this.#database.guardWith(undefined);
      return;
    }
    this.#database.close();
    this.#database = await openDatabase(this.#url);
    this.#tap();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#dead = false;
    await this.#database[Symbol.asyncDispose]();
  }

  #tap(): void {
    const database = this.#database;
    const { commit, all } = database;
    const live = () => {
      if (this.#dead) throw new Killed();
    };
    Object.assign(database, {
      commit: async (statements: readonly Statement[]) => {
        live();
        const number = ++this.commits;
        this.onCommit("before", number);
        const changed = await this.watch(commit.call(database, statements));
        this.onCommit("after", number);
        live();
        return changed;
      },
      all: async (...args: Parameters<Database["all"]>) => {
        live();
        return await this.watch(all.apply(database, args));
      },
    });
  }
}
