import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { Figure } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import { linksFigure } from './linksFigure.ts';
import { matrixFigure } from './matrixFigure.ts';
import { overviewFigure } from './overviewFigure.ts';
import { textFigure } from './textFigure.ts';
import type { Typeface } from './typeface.ts';

/** The view as a picture. Throws `attention-place-missing` for layers, heads and tokens that are not there. */
export async function buildFigure(input: FigureInput, spec: FigureSpec, typeface: Typeface): Promise<Figure> {
  switch (spec.view) {
    case 'matrix':
      return matrixFigure(input, spec, typeface);
    case 'overview':
      return overviewFigure(input, spec, typeface);
    case 'links':
      return linksFigure(input, spec, typeface);
    case 'text':
      return textFigure(input, spec, typeface);
  }
}
