-- AlterTable
ALTER TABLE "AccountLibrary" ADD COLUMN     "unsure" BOOLEAN NOT NULL DEFAULT false;
