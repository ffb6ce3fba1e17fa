import type { Flow } from "../tree/flow.ts";
import type { Style } from "../tree/leaf.ts";
import type { LinkTarget } from "../link_target.ts";

/** A macro as either format writes it. */
export interface MacroCall {
  /** Lower case. */
  readonly name: string;
  /** Names as written; the default parameter has the empty name. Resources show as their title, name or address. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Pages, files, users and addresses that parameters name. */
  readonly targets: readonly LinkTarget[];
  /** The plain-text body, exactly. */
  readonly plain: string | null;
  /** Whether there is content to write. */
  readonly hasContent: boolean;
  /** What the editor shows in place of the macro, where the format keeps it. */
  readonly placeholder: string;
  /** Writes all content that is not the plain-text body: every rich body, and whatever else stands inside. */
  writeContent(flow: Flow, style: Style): void;
}

/** The first of the named parameters that is not empty, whatever its case. */
export function parameter(call: MacroCall, ...names: string[]): string {
  for (const name of names) {
    for (const [key, value] of call.parameters) {
      if (key.toLowerCase() === name && value !== "") return value;
    }
  }
  return "";
}

/** The first parameter resource of one of the kinds. */
export function targetOf(call: MacroCall, ...kinds: LinkTarget["kind"][]): LinkTarget | null {
  return call.targets.find((target) => kinds.includes(target.kind)) ?? null;
}
