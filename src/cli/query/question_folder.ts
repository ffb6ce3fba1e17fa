import type { QuestionFolder } from "../../query/mod.ts";

/**
 * The folder of people's own questions.
 *
 * @param path Where it is; it need not be there.
 */
export function questionFolder(path: string): QuestionFolder {
  return {
    path,
    async list() {
      const names: string[] = [];
      try {
        for await (const entry of Deno.readDir(path)) {
          if (entry.isFile || entry.isSymlink) names.push(entry.name);
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      return names.sort();
    },
    async read(file) {
      try {
        return await Deno.readTextFile(`${path}/${file}`);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
  };
}
