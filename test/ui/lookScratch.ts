import { openSession } from './session.ts';
const session = await openSession({ viewport: { width: 1400, height: 1000 } });
const { workbench } = session;
const { page } = workbench;
const shot = (n: string) => page.screenshot({ path: `/tmp/lp/shots/${n}.png` });
try {
  await workbench.openFile('welcome.md');
  await workbench.waitForCodeLens(/Sentiment/);
  await shot('1-welcome');
  await workbench.clickCodeLens('Sentiment', 'The lighthouse hotel was');
  await workbench.waitForCodeLens(/(POSITIVE|NEGATIVE)/, 60000);
  await page.waitForTimeout(800);
  await shot('2-sentiment');
  await workbench.hover('The lighthouse hotel was', 'lighthouse');
  await shot('3-hover');
  await page.keyboard.press('Escape');
  await workbench.clickCodeLens('Answer from this document', 'Q: Where was Ada Lovelace born?');
  await page.waitForTimeout(3000);
  await shot('4-qa');
  await workbench.openContainer('Loupe');
  await page.waitForTimeout(1500);
  await shot('5-view');
  await workbench.clickCodeLens('Entities', 'Yesterday me and my brother');
  await page.waitForTimeout(2500);
  await shot('6-consent');
  await page.keyboard.press('Escape');
  await workbench.command('Loupe: Choose Model...');
  await page.waitForTimeout(800);
  await shot('7-task');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1500);
  await shot('8-models');
} catch (e) {
  console.error(e);
  await shot('error');
}
await session.close();
