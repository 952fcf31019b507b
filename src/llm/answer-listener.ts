/** Hears the text of an answer, or the data of each of its events with the event's name. */
export type AnswerListener = (text: string, event?: string) => void;
