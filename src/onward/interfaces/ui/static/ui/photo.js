// A photo is cut to a small square here: what leaves the browser is small and says neither where nor when it was taken.
const SIDE = 240;
const field = document.querySelector("input[name=photo]");
const face = document.querySelector("[data-face]");

field?.addEventListener("change", async () => {
  const [file] = field.files;
  const image = file && await createImageBitmap(file).catch(() => null);
  // What is no picture goes as it is: the answer says so.
  if (!image) return;
  const part = Math.min(image.width, image.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").drawImage(image, (image.width - part) / 2, (image.height - part) / 2, part, part, 0, 0, SIDE, SIDE);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const given = new DataTransfer();
  given.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  field.files = given.files;
  canvas.className = "avatar large";
  face?.replaceChildren(canvas);
});
