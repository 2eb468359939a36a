// What a snippet is filled with.

export interface Place {
  readonly id: string;
  readonly key: string;
  /** A placeholder until somebody asks to see it. */
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly pathPrefix: string;
}

export interface SnippetPart {
  /** Where the text belongs. */
  readonly title: string;
  readonly text: string;
}

export const CHANNEL = 'my-channel';
export const EVENT = 'my-event';
export const scheme = ({ tls }: Place): string => (tls ? 'https' : 'http');
export const url = (place: Place): string => `${scheme(place)}://${place.host}:${place.port}${place.pathPrefix}`;
