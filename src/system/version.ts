// The version of this Vask, from the one place where it is written.
import { version } from '../../package.json';

export const VERSION: string = version;
