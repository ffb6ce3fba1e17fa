/** Diagram sources that apps keep packed. */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import type { Conversion } from "../conversion.ts";
import { decodePercent } from "../safe_url.ts";
import { type MacroCall, parameter } from "./macro_call.ts";

const FIELDS = ["code", "source", "diagram", "definition", "content", "text", "mermaid", "plantuml", "data"];

/** The source of a diagram, from the body, from JSON in the body, or from a packed parameter; null where there is none. */
export function packedSource(call: MacroCall, conversion: Conversion): string | null {
  if (call.plain !== null && call.plain.trim() !== "") return fromJson(call.plain) ?? call.plain;
  const value = parameter(call, ...FIELDS);
  if (value === "") return null;
  return unpack(value, conversion) ?? (/[\s{]/.test(value) ? value : null);
}

function fromJson(text: string): string | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const fields = new Map(Object.entries(value));
    const found = FIELDS.map((name) => fields.get(name)).find((field) =>
      typeof field === "string" && field !== ""
    );
    return typeof found === "string" ? found : null;
  } catch {
    return null;
  }
}

/** Base64 of deflated text, perhaps percent-encoded; bounded over the whole body against bombs. */
function unpack(value: string, conversion: Conversion): string | null {
  if (conversion.unpackLeft <= 0 || !/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(value)) return null;
  const packed = fromBase64(value.replace(/-/g, "+").replace(/_/g, "/"));
  if (packed === null) return null;
  for (const inflate of [inflateRawSync, inflateSync, gunzipSync]) {
    try {
      const bytes = inflate(packed, { maxOutputLength: conversion.unpackLeft });
      const text = decodePercent(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      conversion.unpackLeft -= bytes.length;
      return text;
    } catch {
      // Packed in another way, or not text: the next one, else a comment stands for the diagram.
    }
  }
  conversion.unpackLeft -= value.length;
  return null;
}

function fromBase64(value: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
