// Who may read the metrics: one of three words, or a token.
import { textThat } from './check.ts';

const WORDS = ['off', 'local', 'open'];

/** Short ones can be guessed; and a word that was misspelt must not become a token. */
const TOKEN = /^[\w.~+/=-]{16,256}$/;

export const metricsCheck = textThat(
  (text) => WORDS.includes(text) || TOKEN.test(text),
  `be one of ${WORDS.join(', ')}, or a token of 16 to 256 letters, digits and - . _ ~ + / =`,
);

/** A token is a secret. */
export function isMetricsToken(metrics: string): boolean {
  return !WORDS.includes(metrics);
}
