// Stands in for packages that transformers.js imports for the browser or for images.
export default {};
