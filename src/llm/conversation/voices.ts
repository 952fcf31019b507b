/** https://ai.google.dev/gemini-api/docs/speech-generation#voices */
const GEMINI_VOICES = [
  ...['Zephyr', 'Puck', 'Charon', 'Kore', 'Fenrir', 'Leda', 'Orus', 'Aoede', 'Callirrhoe', 'Autonoe'],
  ...['Enceladus', 'Iapetus', 'Umbriel', 'Algieba', 'Despina', 'Erinome', 'Algenib', 'Rasalgethi'],
  ...['Laomedeia', 'Achernar', 'Alnilam', 'Schedar', 'Gacrux', 'Pulcherrima', 'Achird', 'Zubenelgenubi'],
  ...['Vindemiatrix', 'Sadachbia', 'Sadaltager', 'Sulafat'],
];

/**
 * OpenAI's voices (https://platform.openai.com/docs/guides/text-to-speech#voice-options) and the one of Gemini that
 * stands in for each: of the same register, as near as ears can tell.
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  alloy: 'Kore',
  ash: 'Orus',
  ballad: 'Algieba',
  cedar: 'Iapetus',
  coral: 'Leda',
  echo: 'Puck',
  fable: 'Sadaltager',
  marin: 'Autonoe',
  nova: 'Aoede',
  onyx: 'Charon',
  sage: 'Sulafat',
  shimmer: 'Zephyr',
  verse: 'Fenrir',
};

export interface FoundVoice {
  readonly voice: string;
  readonly isStandIn: boolean;
}

/** Gemini's voice for what the caller asked for; a name that nobody knows goes on as it is. */
export function geminiVoice(asked: string): FoundVoice {
  const name = asked.toLowerCase();
  const own = GEMINI_VOICES.find((voice) => voice.toLowerCase() === name);
  if (own !== undefined) return { voice: own, isStandIn: false };
  if (Object.hasOwn(STAND_INS, name)) return { voice: STAND_INS[name]!, isStandIn: true };
  return { voice: asked, isStandIn: false };
}

/** OpenAI's voice for one of Gemini's; any other name goes on as it is. */
export function openaiVoice(asked: string): FoundVoice {
  if (!GEMINI_VOICES.includes(asked)) return { voice: asked, isStandIn: false };
  const [standIn = 'alloy'] = Object.keys(STAND_INS).filter((name) => STAND_INS[name] === asked);
  return { voice: standIn, isStandIn: true };
}
