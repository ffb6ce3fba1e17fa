/** Words of a text for matching; with `wildcards` a trailing `*` stays. */
export function words(text: string, wildcards = false): string[] {
  return text.toLowerCase().match(wildcards ? /[\p{L}\p{N}]+\*?/gu : /[\p{L}\p{N}]+/gu) ?? [];
}
