/**
 * `node .github/release-notes.ts v1.2.3 [IMAGE]` prints what CHANGELOG.md says of a version, and the image that it is. It ends
 * with 1 unless the tag, package.json and a section of CHANGELOG.md name the same version.
 */
import { readFileSync } from 'node:fs';

const [tag = '', image] = process.argv.slice(2);
const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const version = tag.replace(/^v/, '');

const { version: ours } = JSON.parse(read('package.json'));
if (version !== ours) end(`The tag is ${tag}, and package.json says ${ours}.`);
const sections = read('CHANGELOG.md').split(/^## /m).slice(1);
const section = sections.find((each) => /^\[?([^\s\]]+)/.exec(each)?.[1] === version);
if (section === undefined) end(`CHANGELOG.md has no section ${version}. Name “Unreleased” so, with the day.`);

console.log(section.replace(/^.*\n+/, '').trimEnd());
if (image !== undefined) console.log(`\nImage: \`${image}\``);

function end(what: string): never {
  console.error(what);
  process.exit(1);
}
