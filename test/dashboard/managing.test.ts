// Keys, settings, webhooks.
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { Receiver } from '../support/receiver.ts';
import { confirm, describeInBrowser, row, screenshot, TEST_MS, toast } from './stage.ts';

describeInBrowser('keys', (open) => {
  test(
    'are made, shown on demand, retired with an overlap, and deleted',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const shop = await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, `apps/${shop.id}/keys`);
      await row(page, shop.key).waitFor();
      expect(await page.content()).not.toContain(shop.secret);
      await row(page, shop.key).getByRole('button', { name: 'Show' }).click();
      await page.getByText(shop.secret).waitFor();
      await page.getByRole('button', { name: 'New key pair' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
      await row(page, shop.key).getByRole('button', { name: 'Retire' }).click();
      await confirm(page, 'Retire in a day');
      await row(page, shop.key).getByText('Retires').waitFor();
      await screenshot(page, 'keys');
      await row(page, shop.key).getByRole('button', { name: 'Delete' }).click();
      await confirm(page, 'Delete the key', shop.key);
      await row(page, shop.key).waitFor({ state: 'detached' });
      expect(
        (await stage.vask.store.audit.list({ limit: 10, after: undefined })).map(({ action }) => action),
      ).toContain('key.revealed');
    },
    TEST_MS,
  );
});

describeInBrowser('settings and limits', (open) => {
  test(
    'are changed at once, with what they do and their default beside them',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const shop = await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, `apps/${shop.id}/settings`);
      const clientEvents = page.getByRole('switch', { name: 'Client events' });
      expect(await clientEvents.isChecked()).toBe(false);
      await clientEvents.click();
      await toast(page, 'Saved');
      expect(await page.getByRole('switch', { name: 'Client events' }).isChecked()).toBe(true);
      await page.getByText('Bytes of the data of one event').waitFor();
      await page.getByLabel('Event bytes').fill('20000');
      await page.getByRole('button', { name: 'Save the limits' }).click();
      await page.getByRole('button', { name: 'Save the limits', disabled: true }).waitFor();
      await page.getByLabel('Allowed origins').fill('https://shop.example\n*.shop.example');
      await page.getByRole('button', { name: 'Save the origins' }).click();
      await page.getByRole('button', { name: 'Save the origins', disabled: true }).waitFor();
      await screenshot(page, 'settings');
      expect(await stage.vask.store.apps.get(shop.id as never)).toMatchObject({
        clientEvents: true,
        allowedOrigins: ['https://shop.example', '*.shop.example'],
        limits: { eventBytes: 20_000 },
      });
    },
    TEST_MS,
  );

  test(
    'a change that somebody else has overtaken is refused with advice',
    async () => {
      await using stage = await open();
      const ann = await stage.account('ann@example.com');
      const shop = await stage.app(ann, 'Shop', '2001');
      const [one, other] = [
        await stage.open(ann, `apps/${shop.id}/settings`),
        await stage.open(ann, `apps/${shop.id}/settings`),
      ];
      await other.getByRole('switch', { name: 'TLS only' }).waitFor();
      await one.getByRole('switch', { name: 'TLS only' }).click();
      await toast(one, 'Saved');
      await other.getByRole('switch', { name: 'Subscription count' }).click();
      await other.getByText('It has changed in the meantime').waitFor();
      await other.getByRole('button', { name: 'Try again' }).click();
      await other.getByText('It has changed in the meantime').waitFor({ state: 'detached' });
      expect(await other.getByRole('switch', { name: 'TLS only' }).isChecked()).toBe(true);
    },
    TEST_MS,
  );
});

async function addEndpoint(page: Page, url: string): Promise<void> {
  await page.getByRole('button', { name: 'New endpoint' }).click();
  await page.getByLabel('Address').fill(url);
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await row(page, url).waitFor();
}

describeInBrowser('webhooks', (open) => {
  test(
    'are added, tested, narrowed, and their deliveries are shown',
    async () => {
      await using receiver = new Receiver([{ key: 'key-2001', secret: 'secret-of-2001' }]);
      await using stage = await open({ webhookAllowedHosts: [receiver.host] });
      const ann = await stage.account('ann@example.com');
      const shop = await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, `apps/${shop.id}/webhooks`);
      await addEndpoint(page, receiver.url);
      await page.getByRole('link', { name: receiver.url }).click();
      await page.getByRole('button', { name: 'Send a test event' }).click();
      await page.getByText('Answered 204').waitFor();
      expect(receiver.posts[0]?.isValid).toBe(true);
      await page.getByLabel('member_added').uncheck();
      await page.getByLabel('Only of channels that begin with').fill('orders-, presence-');
      await page.getByRole('button', { name: 'Save' }).click();
      await toast(page, 'The endpoint is changed');
      await page.getByRole('button', { name: 'Look again' }).click();
      await row(page, '204').getByRole('button', { name: 'Show' }).click();
      await page.getByRole('dialog').getByText('time_ms').waitFor();
      await screenshot(page, 'webhook-delivery');
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Delete' }).click();
      await confirm(page, 'Delete the endpoint');
      await page.getByText('No endpoint yet').waitFor();
    },
    TEST_MS,
  );

  test(
    'what was given up is sent again',
    async () => {
      await using receiver = new Receiver([{ key: 'key-2001', secret: 'secret-of-2001' }]);
      receiver.answer = () => new Response(null, { status: 500 });
      await using stage = await open({
        webhookAllowedHosts: [receiver.host],
        webhookGraceSeconds: 0,
        webhookRetrySeconds: 1,
      });
      const ann = await stage.account('ann@example.com');
      const shop = await stage.app(ann, 'Shop', '2001');
      const page = await stage.open(ann, `apps/${shop.id}/webhooks`);
      await addEndpoint(page, receiver.url);
      const client = new WebSocket(stage.vask.webSocketUrl(`/app/${shop.key}?protocol=7&client=test&version=1.0`));
      client.onmessage = () => client.send('{"event":"pusher:subscribe","data":{"channel":"a"}}');
      const givenUp = page.getByRole('table', { name: 'Given up' });
      for (let looks = 0; looks < 100 && (await givenUp.count()) === 0; looks += 1) {
        await page.reload();
        await page.getByRole('table', { name: 'Deliveries' }).waitFor();
        await page.getByText('No endpoint yet').waitFor({ state: 'detached' });
      }
      receiver.answer = () => new Response(null, { status: 204 });
      await givenUp.getByRole('button', { name: 'Send again' }).first().click();
      await toast(page, 'It is sent again');
      await receiver.until(() => receiver.events.some((event) => event['channel'] === 'a'));
      client.close();
    },
    TEST_MS,
  );
});
