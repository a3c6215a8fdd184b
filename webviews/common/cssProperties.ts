import type { ElementPart, PartInfo } from 'lit/directive.js';
import { Directive, PartType, directive } from 'lit/directive.js';

/** Sets CSS custom properties of an element through its style object: a `style` attribute would break the page's policy. */
class CssProperties extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError('cssProperties belongs to an element.');
  }

  override render(_properties: Readonly<Record<`--${string}`, string>>): void {
    // All is done by `update`; there is no server that would render.
  }

  override update(part: ElementPart, [properties]: Parameters<this['render']>): void {
    if (!(part.element instanceof HTMLElement)) return;
    for (const [name, value] of Object.entries(properties)) part.element.style.setProperty(name, value);
  }
}

/** `<button ${cssProperties({'--color': 'red'})}>` */
export const cssProperties = directive(CssProperties);
