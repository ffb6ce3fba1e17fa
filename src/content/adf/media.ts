import { targetOfAddress } from "../address.ts";
import type { Conversion } from "../conversion.ts";
import type { LinkTarget } from "../link_target.ts";
import { cleanLine } from "../text/clean.ts";
import { Flow } from "../tree/flow.ts";
import { EMPHASIS, PLAIN, type Style } from "../tree/leaf.ts";
import { writeFigure, writeImage } from "../tree/references.ts";
import type { NodeHandler } from "./converter.ts";
import { type AdfNode, attributeOf, contentOf, isRecord, typeOf } from "./node.ts";

/** `mediaSingle`: a picture with an optional caption below it. */
export const mediaSingle: NodeHandler = (node, flow, style, converter) => {
  const captionNode = contentOf(node).find((child) => typeOf(child) === "caption");
  const caption = new Flow(converter.conversion, { singleLine: true });
  if (captionNode) {
    converter.walk(contentOf(captionNode), caption, { ...PLAIN, marks: EMPHASIS, inline: true });
  }
  writeFigure(flow, caption, (line, captionText) => {
    for (const child of contentOf(node)) {
      if (child === captionNode) continue;
      const shown = captionText === "" || typeOf(child) !== "media"
        ? child
        : { ...child, attrs: { ...(isRecord(child.attrs) ? child.attrs : {}), captionText } };
      converter.walk([shown], line, { ...style, inline: true });
    }
  });
};

/** `media` in a single or a group: a picture, or a file in a list of files. */
export const media: NodeHandler = (node, flow, style, converter) => {
  const { conversion } = converter;
  if (attributeOf(node, "type") === "link") return writeFile(node, flow, style, conversion);
  const target = targetOfMedia(node, conversion);
  if (style.inline) {
    if (target) {
      writeImage(flow, style, conversion, target, attributeOf(node, "alt"), attributeOf(node, "captionText"));
    } else dropped(node, flow, style, conversion);
  } else {
    flow.flush();
    writeFile(node, flow, style, conversion);
    flow.flush();
  }
};

/** `mediaInline`: a file or a picture among text. */
export const mediaInline: NodeHandler = (node, flow, style, converter) => {
  const { conversion } = converter;
  const target = targetOfMedia(node, conversion);
  if (attributeOf(node, "type") === "image" && target) {
    writeImage(flow, style, conversion, target, attributeOf(node, "alt"));
  } else {
    writeFile(node, flow, style, conversion);
  }
};

/** A caption that stands without its picture. */
export const caption: NodeHandler = (node, flow, style, converter) => {
  flow.flush();
  converter.walk(contentOf(node), flow, { ...style, marks: style.marks | EMPHASIS, inline: true });
  flow.flush();
};

/** `image`, from before media. */
export const legacyImage: NodeHandler = (node, flow, style, converter) => {
  const source = attributeOf(node, "src").trim();
  const alt = attributeOf(node, "alt") || attributeOf(node, "title");
  if (source === "") return flow.text(` ${alt} `, style);
  writeImage(flow, style, converter.conversion, targetOfAddress(source, converter.conversion.context), alt);
};

function writeFile(node: AdfNode, flow: Flow, style: Style, conversion: Conversion): void {
  const target = targetOfMedia(node, conversion);
  if (!target) return dropped(node, flow, style, conversion);
  const name = target.filename ??
    (attributeOf(node, "alt") || attributeOf(node, "name") || target.url || target.fileId || "");
  flow.lozengeLink(cleanLine(name), { ...style, link: target });
}

/** The editor puts the file's name into the alternative text until somebody writes a better one. */
const LOOKS_LIKE_A_FILE = /[^\s.]\.[A-Za-z0-9]{1,8}$/;

/** The file by its media id, or an address outside. */
function targetOfMedia(node: AdfNode, conversion: Conversion): LinkTarget | null {
  const url = (attributeOf(node, "url") || attributeOf(node, "__contextUrl")).trim();
  if (attributeOf(node, "type") === "external" || (url !== "" && attributeOf(node, "id") === "")) {
    return url === "" ? null : targetOfAddress(url, conversion.context);
  }
  const fileId = cleanLine(attributeOf(node, "id"));
  if (fileId === "" || fileId === "UNKNOWN_MEDIA_ID") return null;
  const known = conversion.context.attachmentByFileId?.(fileId)?.filename;
  const alt = cleanLine(attributeOf(node, "alt"));
  const named = known ?? (attributeOf(node, "__fileName") || (LOOKS_LIKE_A_FILE.test(alt) ? alt : ""));
  const filename = cleanLine(named);
  return { kind: "attachment", fileId, filename: filename === "" ? null : filename };
}

function dropped(node: AdfNode, flow: Flow, style: Style, conversion: Conversion): void {
  conversion.notes.add("dropped", typeOf(node), "names no file");
  flow.text(` ${attributeOf(node, "alt")} `, style);
}
