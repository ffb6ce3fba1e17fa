/** What a body tells about an emoji; empty where it tells nothing. */
export interface EmojiHints {
  /** The character itself, or the short name again. */
  readonly fallback: string;
  /** Code points in hex, joined by `-`; or an id of Atlassian's own emoji. */
  readonly id: string;
  /** `:name:`. */
  readonly shortName: string;
  /** Name of an old emoticon. */
  readonly name: string;
}

/** Emoji of Atlassian's own and the old emoticons, by name, as the nearest character. */
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ["smile", "🙂"],
  ["slight_smile", "🙂"],
  ["sad", "🙁"],
  ["disappointed", "😞"],
  ["cheeky", "😛"],
  ["stuck_out_tongue", "😛"],
  ["laugh", "😃"],
  ["smiley", "😃"],
  ["wink", "😉"],
  ["thumbs-up", "👍"],
  ["thumbsup", "👍"],
  ["thumbs-down", "👎"],
  ["thumbsdown", "👎"],
  ["information", "ℹ️"],
  ["info", "ℹ️"],
  ["tick", "✅"],
  ["check_mark", "✅"],
  ["white_check_mark", "✅"],
  ["cross", "❌"],
  ["cross_mark", "❌"],
  ["x", "❌"],
  ["warning", "⚠️"],
  ["note", "📝"],
  ["plus", "➕"],
  ["minus", "➖"],
  ["question", "❓"],
  ["question_mark", "❓"],
  ["exclamation", "❗"],
  ["light-on", "💡"],
  ["light_bulb_on", "💡"],
  ["light-off", "💡"],
  ["light_bulb_off", "💡"],
  ["yellow-star", "⭐"],
  ["yellow_star", "⭐"],
  ["star_yellow", "⭐"],
  ["red-star", "🌟"],
  ["star_red", "🌟"],
  ["green-star", "🌟"],
  ["star_green", "🌟"],
  ["blue-star", "🌟"],
  ["star_blue", "🌟"],
  ["heart", "❤️"],
  ["broken-heart", "💔"],
  ["broken_heart", "💔"],
  ["flag_on", "🚩"],
  ["flag_off", "🏳️"],
  ["success", "✅"],
  ["error", "⛔"],
  ["grinning", "😀"],
]);

/** The character of an emoji; where none is known, its short name. */
export function emojiOf(hints: EmojiHints): string {
  const { fallback, id, shortName, name } = hints;
  if (fallback !== "" && !/^:.*:$/.test(fallback)) return fallback;
  const known = fromCodePoints(id) ?? BY_NAME.get(bare(shortName)) ??
    BY_NAME.get(bare(id.replace(/^atlassian-/, ""))) ??
    BY_NAME.get(bare(name));
  if (known !== undefined) return known;
  const label = shortName || fallback || name;
  if (label === "") return "";
  return /^:.*:$/.test(label) ? label : `:${label.replace(/\s+/g, "_")}:`;
}

function bare(name: string): string {
  return name.replace(/^:|:$/g, "").toLowerCase();
}

function fromCodePoints(id: string): string | undefined {
  if (id.length > 100 || !/^[0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*$/i.test(id)) return undefined;
  const points = id.split("-").map((hex) => parseInt(hex, 16));
  const valid = points.every((point) =>
    point >= 0x23 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
  );
  return valid && points.some((point) => point > 0x7f) ? String.fromCodePoint(...points) : undefined;
}
