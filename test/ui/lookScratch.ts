import { openSession } from './session.ts';
const session = await openSession({ viewport: { width: 1400, height: 1000 } });
const { workbench } = session;
const { page } = workbench;
const shot = (n: string) => page.screenshot({ path: `/tmp/lp/shots/${n}.png` });
try {
  await workbench.openFile('welcome.md');
  await workbench.waitForCodeLens(/Sentiment/);
  await workbench.clickCodeLens('Sentiment', 'The lighthouse hotel was');
  await workbench.waitForCodeLens(/(POSITIVE|NEGATIVE)/, 60000);
  await page.waitForTimeout(800);
  console.log(
    await page
      .locator('.view-line', { hasText: 'lighthouse hotel' })
      .first()
      .evaluate((e) => e.innerHTML),
  );
  await workbench.clickCodeLens('Ask a question', 'Ada Lovelace was born');
  await page.waitForTimeout(800);
  await shot('a-input');
  await page.keyboard.type('Where was Ada Lovelace born?');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(2500);
  await shot('b-qa');
  await page.keyboard.press('Control+p'); await page.waitForTimeout(500); await page.keyboard.type('notebook.ipynb'); await page.waitForTimeout(800); await page.keyboard.press('Enter');
  await page.waitForTimeout(3000);
  await shot('c-notebook');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1000);
  await workbench.command('Loupe: Analyze Sentiment');
  await page.waitForTimeout(2500);
  await shot('d-notebook');
  await workbench.command('Welcome: Open Walkthrough...');
  await page.waitForTimeout(1500);
  await page.keyboard.type('Loupe');
  await page.waitForTimeout(800);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(2500);
  await shot('e-walkthrough');
  await workbench.command('Preferences: Open Settings (UI)');
  await page.waitForTimeout(2500);
  await page.keyboard.type('@ext:loupe.loupe');
  await page.waitForTimeout(1500);
  await shot('f-settings');
} catch (e) {
  console.error(e);
  await shot('error');
}
await session.close();
