import { shippedStarters } from '../../core/models/starters/starterDirectory.ts';
import type { ModelPlaces } from '../../core/models/places.ts';
import type { TaskWord } from '../command.ts';

/** The model of a task when none is named. For tokens: entities if that starter ships, else grammar. */
export async function defaultModel(task: TaskWord, places: ModelPlaces): Promise<string> {
  switch (task) {
    case 'sentiment':
      return 'starter:sentiment-en';
    case 'qa':
      return 'starter:qa-en';
    case 'tokens':
      return (await shippedStarters(places)).includes('ner-en') ? 'starter:ner-en' : 'starter:grammar-en';
  }
}
