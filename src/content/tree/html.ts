import type { Html } from "mdast";
import { MAX_PARAMETER_COMMENT } from "../limits.ts";
import { cleanLine } from "../text/clean.ts";
import type { HtmlRole } from "./hints.ts";

/** An `html` node of our own making. */
export function html(role: HtmlRole, value: string): Html {
  return { type: "html", value, data: { role } };
}

/** A place to jump to. */
export function anchor(name: string): Html {
  return html("anchor", `<a id="${escapeHtml(name).replace(/\]/g, "&#93;")}"></a>`);
}

/** An invisible remark; the text cannot end it early. */
export function comment(text: string): Html {
  const line = cleanLine(text.slice(0, 4 * MAX_PARAMETER_COMMENT)).replace(/[<>]/g, "").replace(
    /-{2,}/g,
    "-",
  );
  return html("comment", `<!-- ${line.replace(/-+$/, "")} -->`);
}

/** Start of an expandable section; its content follows as siblings, up to {@linkcode endDetails}. */
export function details(title: string): Html {
  const text = cleanLine(title);
  const value = `<details>\n<summary>${escapeHtml(text)}</summary>`;
  return { type: "html", value, data: { role: "details", text } };
}

/** End of an expandable section. */
export function endDetails(): Html {
  return html("end_details", "</details>");
}

function escapeHtml(text: string): string {
  return cleanLine(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(
    /"/g,
    "&quot;",
  );
}
