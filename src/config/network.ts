// Checks of values that name places in the network.
import { isIP } from 'node:net';
import { type Check, kindOf, textThat } from './check.ts';

const HOST_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i;
/** Also `capacitor://localhost` and `chrome-extension://…`, whose pages connect too. */
const ORIGIN = /^[a-z][-+.a-z0-9]*:\/\/([-_.a-z0-9]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/** An address or a name to listen on. */
export const hostCheck: Check<string> = textThat(
  (text) => isIP(text) !== 0 || (text.length <= 253 && HOST_NAME.test(text)),
  'be an address such as 0.0.0.0 or ::, or a host name',
);

/** One host that webhooks may be posted to though it is not public. */
export const allowedHostCheck: Check<string> = textThat(
  isAllowedHost,
  'be a host (hooks.internal), a host with its port (127.0.0.1:8080, [::1]:8080) or all hosts below one (*.internal)',
);

function isAllowedHost(text: string): boolean {
  const [, host = '', port] = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  if (isIP(text) !== 0 || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return true;
  return host.startsWith('*.') ? port === undefined && HOST_NAME.test(host.slice(2)) : HOST_NAME.test(host);
}

/** One trusted proxy: an address or a subnet. */
export const proxyCheck: Check<string> = textThat(isProxy, 'be an address (10.0.0.1) or a subnet (10.0.0.0/8)');

function isProxy(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

const checkOrigin = textThat(
  isOrigin,
  'be an origin (https://shop.example), a host (shop.example) or all hosts below one (*.shop.example)',
);

/** One allowed origin. Browsers send origins in lower case. */
export const originCheck: Check<string> = (value, path, report) => {
  if (value === '*') return void report(path, 'must name an origin; leave the list empty to allow every origin');
  return checkOrigin(value, path, report)?.toLowerCase();
};

function isOrigin(text: string): boolean {
  return ORIGIN.test(text) || HOST_NAME.test(text.startsWith('*.') ? text.slice(2) : text);
}

/** The path before `/app` and `/apps`, in the form `/x` or empty. */
export const pathPrefixCheck: Check<string> = (value, path, report) => {
  if (typeof value !== 'string') return void report(path, `must be text, but is ${kindOf(value)}`);
  const names = value.replace(/^\//, '').replace(/\/$/, '');
  if (names === '') return '';
  if (/^[-\w.~]+(\/[-\w.~]+)*$/.test(names) && !/(^|\/)\.\.?(\/|$)/.test(names)) return `/${names}`;
  return void report(path, 'must be a path such as /realtime, of letters, digits and - . _ ~');
};

/** An address for people, without a slash at its end; empty for none. */
export const publicUrlCheck: Check<string> = (value, path, report) => {
  const text = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
  if (value === '' || (/^https?:\/\/[^\s?#@]+$/.test(text) && URL.canParse(text))) return text;
  return void report(path, 'must be an address such as https://vask.example, with http or https');
};
