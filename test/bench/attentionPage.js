// Runs inside the pages that attentionBrowser.ts opens, before their own scripts: gives them `loupeBench`. A classic script, as text.
// Times of a change end in a task after the frame that shows it.
(() => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** Messages are handled after the frame is drawn. */
  const message = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(undefined);
    });

  const afterFrame = async () => {
    await frame();
    await message();
  };

  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

  /** Elements, those in shadow trees too. */
  const countNodes = (root = document) =>
    [...root.querySelectorAll('*')].reduce(
      (total, { shadowRoot }) => total + 1 + (shadowRoot ? countNodes(shadowRoot) : 0),
      0,
    );

  /** Whether there are so many colours: looks no further than it must, since it is called in every frame. */
  const hasColors = (pixels, count) => {
    const seen = new Set();
    return pixels.some((pixel) => seen.add(pixel).size >= count);
  };

  /** A number that differs when the largest canvas shows something else; undefined without a picture. */
  const picture = () => {
    const [largest] = [...document.querySelectorAll('canvas')]
      .filter(({ width, height, offsetParent }) => width * height > 0 && offsetParent !== null)
      .sort((a, b) => b.width * b.height - a.width * a.height);
    if (!largest) return undefined;
    const side = Math.min(largest.width, largest.height, 256);
    const [left, top] = [(largest.width - side) >> 1, (largest.height - side) >> 1];
    const pixels = new Uint32Array(largest.getContext('2d').getImageData(left, top, side, side).data.buffer);
    if (!hasColors(pixels, 8)) return undefined;
    return pixels.reduce((hash, pixel) => (Math.imul(hash, 31) + pixel) | 0, 7);
  };

  const pictureAfter = async (before) => {
    for (;;) {
      await afterFrame();
      const now = picture();
      if (now !== undefined && now !== before) return;
    }
  };

  const timed = async (change, shown) => {
    const started = performance.now();
    change();
    await shown();
    return performance.now() - started;
  };

  const firstPaintWhen = async (isDrawn) => {
    while (!isDrawn()) await frame();
    await afterFrame();
    return performance.now();
  };
  const hasLines = () => document.querySelector('#vis svg line') !== null;

  /** Milliseconds of work that a move of the mouse makes: the event, and all of the next frame. */
  const hoverWork = async (surface, x, y) => {
    await frame();
    const at = { clientX: x, clientY: y, bubbles: true, composed: true };
    const target = document.elementFromPoint(x, y) ?? surface;
    const moved = performance.now();
    target.dispatchEvent(new PointerEvent('pointermove', at));
    target.dispatchEvent(new MouseEvent('mousemove', at));
    const event = performance.now() - moved;
    // Callbacks of a frame run in the order of asking: what the move asked for comes first, so start the clock by the frame's own time.
    const start = await frame();
    await message();
    return event + performance.now() - start;
  };

  const pages = {
    loupe: {
      isDrawn: () => picture() !== undefined,
      async measure() {
        const overview = picture();
        document.querySelector('[role=tab][data-view=matrix]').click();
        await pictureAfter(overview);
        const surface = [...document.querySelectorAll('.surface')].find(
          ({ offsetParent }) => offsetParent !== null,
        );
        const switches = [];
        // Through the heads of a layer, then down the layers: each of these maps is shown for the first time.
        for (const key of [...Array(11).fill(']'), ...Array(11).fill('PageDown')]) {
          const before = picture();
          const press = () =>
            surface.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
          switches.push(await timed(press, () => pictureAfter(before)));
        }
        const { x, y } = surface.getBoundingClientRect();
        const hovers = [];
        for (let i = 0; i < 60; i++) hovers.push(await hoverWork(surface, x + 100 + 5 * i, y + 100 + 3 * i));
        const matrix = picture();
        const back = () => document.querySelector('[role=tab][data-view=overview]').click();
        const overviewMs = await timed(back, () => pictureAfter(matrix));
        const hover = { median: median(hovers), longest: Math.max(...hovers) };
        return { switchMs: median(switches), hover, overviewMs };
      },
    },
    'bertviz-head': {
      isDrawn: hasLines,
      async measure() {
        const select = document.querySelector('#layer');
        const switches = [];
        for (const layer of ['1', '2', '3']) {
          const choose = () => {
            select.value = layer;
            select.dispatchEvent(new Event('change', { bubbles: true }));
          };
          switches.push(await timed(choose, afterFrame));
        }
        return { switchMs: median(switches) };
      },
    },
    'bertviz-model': {
      isDrawn: hasLines,
      async measure() {
        // In each head's group the last rectangle, which nobody sees, takes the clicks.
        const regions = [...document.querySelectorAll('#vis svg rect')].filter(
          ({ style }) => style.opacity === '0',
        );
        const switches = [];
        for (const index of [1, 20, 40]) {
          const click = () => regions[index].dispatchEvent(new MouseEvent('click', { bubbles: true }));
          switches.push(await timed(click, afterFrame));
        }
        return { switchMs: median(switches) };
      },
    },
  };

  globalThis.loupeBench = {
    pages,
    countNodes,
    firstPaint: Object.fromEntries(
      Object.entries(pages).map(([kind, { isDrawn }]) => [kind, () => firstPaintWhen(isDrawn)]),
    ),
  };
})();
