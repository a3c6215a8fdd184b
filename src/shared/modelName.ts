/** Last parts of paths that say nothing by themselves: run folders keep their model in `model/`. */
const generic = /^(?:model|onnx|checkpoint-\d+)$/;

/**
 * A model reference as people call the model, without its kind or where it lies: `starter:sentiment-en` and
 * `/home/me/sentiment-en` are `sentiment-en`, `hub:owner/name` is `owner/name`, `/runs/mine/model` is `mine/model`. What is shown or
 * exported uses it, so that no picture carries the paths of somebody's disk.
 */
export function modelName(reference: string): string {
  const name = reference.replace(/^(?:starter|hub):/, '').replace(/[\\/]+$/, '');
  if (reference.startsWith('hub:')) return name;
  const parts = name.split(/[\\/]/);
  const last = parts.at(-1) ?? name;
  const above = parts.at(-2) ?? '';
  // What stands right below a folder of homes is a person's login name.
  const isHome = /^(?:home|users)$/i.test(parts.at(-3) ?? '') || above === 'root' || above === '';
  return generic.test(last) && !isHome ? `${above}/${last}` : last;
}

/** What a file names its model by: the whole reference where others can resolve it, of a folder only its name. */
export function publicReference(reference: string): string {
  return /^(?:starter|hub):/.test(reference) ? reference : modelName(reference);
}
