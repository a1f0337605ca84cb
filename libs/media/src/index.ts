export * from './image/image-header.js';
