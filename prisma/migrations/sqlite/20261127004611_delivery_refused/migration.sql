-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN "refusedSince" DATETIME;
