import { expect, test } from 'bun:test';
import { settingsHelp } from './help.ts';

test('each setting has its flag, its variable and its default', () => {
  const help = settingsHelp().replaceAll(/\s+/g, ' ');
  expect(help).toContain('--config FILE Configuration file');
  expect(help).toContain('--port NUMBER Port for WebSocket and HTTP; 0 takes any free one. (VASK_PORT, default 6001)');
  expect(help).toContain('--tls-cert FILE');
  expect(help).toContain('(VASK_TRUSTED_PROXIES)');
});

test('the lines fit on a terminal', () => {
  for (const line of settingsHelp().split('\n')) expect(line.length).toBeLessThanOrEqual(110);
});
