import type { ConversionContext } from "./context.ts";
import { resolveTarget } from "./link_target.ts";
import { writeMarkdown } from "./markdown/writer.ts";
import type { ParsedBody } from "./parsed_body.ts";

/**
 * The body as GitHub Markdown.
 *
 * @param parsed What {@linkcode parseBody} made.
 * @param context Looks links up again, for a copy that stands elsewhere; without it they stay as they were resolved.
 * @returns Markdown with `\n` line ends and one at the end, or an empty text.
 */
export function toMarkdown(parsed: ParsedBody, context?: ConversionContext): string {
  return writeMarkdown(parsed.tree, (node) => {
    const target = node.data?.target;
    if (context === undefined || target === undefined) return node.url;
    return resolveTarget(target, context).href ?? node.url;
  });
}
