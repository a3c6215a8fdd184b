// The page that an exported HTML file carries: draws the maps that stand in the file itself.
import '../common/elements.ts';
import { mountAttention } from './mount.ts';

const json = document.getElementById('loupe-attention')?.textContent ?? 'null';
const root = document.createElement('div');
root.className = 'loupe-whole';
document.body.append(root);
mountAttention(root, JSON.parse(json));
