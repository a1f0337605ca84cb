/** A sentence ends here: its mark, perhaps a quote or bracket, then white space. Not after an initial or a decimal point. */
const END = /[.!?…]+["'”’)\]]*(?=\s)/g;
/** A model that never ends a sentence is cut at a blank. */
const SENTENCE_MAX = 300;

/** Cuts a stream of text into sentences as soon as each is whole. */
export class SentenceCutter {
  #rest = '';

  /** The sentences that this piece completes. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences: string[] = [];
    for (let cut = this.#cut(); cut > 0; cut = this.#cut()) {
      const sentence = this.#rest.slice(0, cut).trim();
      this.#rest = this.#rest.slice(cut).trimStart();
      if (sentence !== '') sentences.push(sentence);
    }
    return sentences;
  }

  /** What is left at the end of the text; empty when nothing is. */
  flush(): string {
    const rest = this.#rest.trim();
    this.#rest = '';
    return rest;
  }

  #cut(): number {
    for (const match of this.#rest.matchAll(END)) {
      const end = match.index + match[0].length;
      if (!/(^|\s)(\p{L}|Mr|Mrs|Dr|St|vs)$/u.test(this.#rest.slice(0, match.index))) return end;
    }
    if (this.#rest.length <= SENTENCE_MAX) return 0;
    const blank = this.#rest.lastIndexOf(' ', SENTENCE_MAX);
    return blank > 0 ? blank : SENTENCE_MAX;
  }
}
