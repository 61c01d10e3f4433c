-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN     "refusedSince" TIMESTAMP(3);
