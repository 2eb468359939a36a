// Accounts, invitations, members, tokens, the audit log, devices; and what who only views is not shown.
import { expect, test } from 'bun:test';
import { PASSWORD } from '../support/managed.ts';
import { confirm, describeInBrowser, row, screenshot, TEST_MS, toast } from './stage.ts';

describeInBrowser('people', (open) => {
  test(
    'an invitation makes an account, which an admin changes and deletes',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), 'accounts');
      await page.getByRole('button', { name: 'Invite a member' }).click();
      const link = await page.getByRole('dialog').locator('pre').textContent();
      const secret = /#(.+)$/.exec(link ?? '')?.[1];
      await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
      const guest = await stage.open(null, `join#${secret}`);
      await guest.getByLabel('E-mail').fill('bob@example.com');
      await guest.getByLabel('Password').fill(PASSWORD);
      await guest.getByRole('button', { name: 'Make the account' }).click();
      await guest.getByRole('heading', { name: 'Apps' }).waitFor();
      await guest.getByText('There is no app yet').waitFor();
      await page.reload();
      await row(page, 'bob@example.com').getByRole('button', { name: 'Change' }).click();
      await page.getByLabel('Role').selectOption('admin');
      await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
      await row(page, 'bob@example.com').getByText('Admin').waitFor();
      await screenshot(page, 'accounts');
      await row(page, 'bob@example.com').getByRole('button', { name: 'Delete' }).click();
      await confirm(page, 'Delete the account', 'bob@example.com');
      await row(page, 'bob@example.com').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Audit log' }).click();
      await page.getByText('account.delete').first().waitFor();
      await screenshot(page, 'audit');
    },
    TEST_MS,
  );

  test(
    'tokens are made, shown once, and revoked',
    async () => {
      await using stage = await open();
      const page = await stage.open(await stage.account('ann@example.com'), 'account');
      await page.getByRole('button', { name: 'New token' }).click();
      await page.getByLabel('Name').fill('deploy');
      await page.getByRole('button', { name: 'Make the token' }).click();
      await page.getByRole('dialog').getByText('The token is made').waitFor();
      const secret = await page.getByRole('dialog').locator('code').textContent();
      const asked = () => fetch(`${stage.vask.url}/api/v1/apps`, { headers: { authorization: `Bearer ${secret}` } });
      expect((await asked()).status).toBe(200);
      await page.getByRole('button', { name: 'Done' }).click();
      await row(page, 'deploy').getByRole('button', { name: 'Revoke' }).click();
      await confirm(page, 'Revoke');
      await page.getByText('No tokens').waitFor();
      expect((await asked()).status).toBe(401);
    },
    TEST_MS,
  );

  test(
    'a device is let in on its page, listed, and revoked',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      await stage.app(ann, 'Shop', '2001');
      const begun = await fetch(`${stage.vask.url}/oauth/device/code`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ client_id: 'vask-laravel', device_name: 'Build server' }),
      });
      const { user_code, device_code } = (await begun.json()) as Readonly<Record<string, string>>;
      const page = await stage.open(ann, 'account');
      await page.getByRole('link', { name: 'Enter a code' }).click();
      await page.getByLabel('The code that the device shows').fill(user_code ?? '');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('App').selectOption({ label: 'Shop (2001)' });
      await screenshot(page, 'device');
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('heading', { name: 'Connected' }).waitFor();
      await fetch(`${stage.vask.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: device_code ?? '',
          client_id: 'vask-laravel',
        }),
      });
      await page.goto(`${stage.url}account`);
      await row(page, '2001').getByRole('button', { name: 'Revoke' }).click();
      await confirm(page, 'Revoke');
      await page.getByText('No devices').waitFor();
    },
    TEST_MS,
  );
});

describeInBrowser('who only views an app', (open) => {
  test(
    'is shown no secret and nothing to write with',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const bob = await stage.account('bob@example.com', 'member');
      const shop = await stage.app(ann, 'Shop', '2001');
      const manager = await stage.open(ann, `apps/${shop.id}/members`);
      await manager.getByLabel('E-mail of an account').fill('bob@example.com');
      await manager.getByRole('button', { name: 'Add', exact: true }).click();
      await row(manager, 'bob@example.com').getByText('Views').waitFor();

      const page = await stage.open(bob, 'apps');
      await row(page, 'Shop').waitFor();
      expect(await row(page, 'Test').count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Nodes' }).count()).toBe(0);
      const writes = /^(Disable|Delete|New key pair|Retire|Show$|Save|Publish$|Terminate|New endpoint|Add$|Rename)/;
      for (const name of [
        'overview',
        'connect',
        'console',
        'events',
        'channels',
        'users',
        'webhooks',
        'keys',
        'settings',
        'members',
        'changes',
      ]) {
        await page.goto(`${stage.url}apps/${shop.id}/${name}`);
        await page.locator('h1').waitFor();
        expect([name, await page.getByRole('button', { name: writes }).count()]).toEqual([name, 0]);
        expect(await page.content()).not.toContain(shop.secret);
      }
      await page.goto(`${stage.url}apps/${shop.id}/settings`);
      expect(await page.getByRole('switch', { name: 'Client events' }).isDisabled()).toBe(true);
      await page.goto(`${stage.url}apps/${shop.id}/connect`);
      await page.getByText('Only who manages the app sees it.').waitFor();
      await page.goto(`${stage.url}nodes`);
      await page.getByText('Only admins may do this').waitFor();
    },
    TEST_MS,
  );

  test(
    'comes to manage it when somebody lets them',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const bob = await stage.account('bob@example.com', 'member');
      const shop = await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, `apps/${shop.id}/members`);
      await page.getByLabel('E-mail of an account').fill('bob@example.com');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await row(page, 'bob@example.com').getByRole('button', { name: 'Let manage' }).click();
      await toast(page, 'The role is changed');
      await screenshot(page, 'members');
      const bobs = await stage.open(bob, `apps/${shop.id}/keys`);
      await bobs.getByRole('button', { name: 'New key pair' }).waitFor();
    },
    TEST_MS,
  );
});
